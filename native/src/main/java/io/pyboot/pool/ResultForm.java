package io.pyboot.pool;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Map;

import io.pyboot.PythonObject;

/**
 * What becomes of the result of a request.
 */
public enum ResultForm {

	/** It is converted, as a whole. */
	VALUE(0),

	/**
	 * It stays in Python; the result is a {@link PythonObject}, {@code null} for None.
	 */
	HANDLE(0x40),

	/**
	 * Its elements, or the values of a dict, stay in Python: a list, or a map, of
	 * {@link PythonObject}.
	 */
	HANDLES(0x20);

	/** Added to the operation: PB_KEEP_RESULT and PB_KEEP_ELEMENTS of pb_context.h. */
	final int flag;

	ResultForm(int flag) {
		this.flag = flag;
	}

	/**
	 * The form that a result type asks for: {@code PythonObject} for a handle,
	 * {@code PythonObject[]}, an iterable type of {@code PythonObject} or a map to
	 * {@code PythonObject} for handles.
	 */
	public static ResultForm of(Type type) {
		if (type == PythonObject.class) {
			return HANDLE;
		}
		if (type instanceof Class<?> plain) {
			return (plain == PythonObject[].class) ? HANDLES : VALUE;
		}
		if (type instanceof GenericArrayType) {
			return VALUE;
		}
		if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
			Type[] arguments = generic.getActualTypeArguments();
			boolean iterable = Iterable.class.isAssignableFrom(raw) && arguments.length == 1;
			boolean map = Map.class.isAssignableFrom(raw) && arguments.length == 2;
			if ((iterable || map) && bound(arguments[arguments.length - 1]) == PythonObject.class) {
				return HANDLES;
			}
		}
		return VALUE;
	}

	private static Type bound(Type type) {
		return (type instanceof WildcardType wildcard) ? wildcard.getUpperBounds()[0] : type;
	}

}
