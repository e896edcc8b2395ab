package io.pyboot.pool;

import java.lang.reflect.Type;

import io.pyboot.PythonConversionException;
import org.jspecify.annotations.Nullable;

/**
 * Converts what Python gave to the type that a method of {@link io.pyboot.PythonObject},
 * or of a proxy for one, is to return.
 */
@FunctionalInterface
public interface ResultConversion {

	/** Takes a value of the type as it is, and converts nothing. */
	ResultConversion NONE = (value, type) -> {
		if (value == null || !(type instanceof Class<?> plain) || plain.isInstance(value)) {
			return value;
		}
		throw new PythonConversionException("A " + value.getClass().getName() + " is no " + plain.getName()
				+ ", and nothing converts results here");
	};

	/**
	 * Converts a result.
	 * @param value what Python gave, {@code null} for {@code None}
	 * @param type the type asked for
	 * @throws PythonConversionException if the value is no such thing
	 */
	@Nullable Object convert(@Nullable Object value, Type type);

}
