package io.pyboot.callable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pyboot.PythonEnum;
import io.pyboot.PythonObject;
import io.pyboot.template.ExactNumber;
import org.jspecify.annotations.Nullable;

/**
 * How far a value of Python is from a type of Java, to choose among overloads: what it is
 * by itself before what it can be made into, and {@code Object} last. A bool is no
 * number, a float is no integer, and a number that does not fit is not near at all.
 */
final class TypeDistance {

	/** The value cannot become the type. */
	static final int IMPOSSIBLE = -1;

	private static final int SAME_KIND = 4;

	private static final int CONVERTED = 30;

	private static final int SUPERTYPE = 60;

	private static final int ANYTHING = 80;

	/** Types for an int in the order in which they are preferred. */
	private static final List<Class<?>> FOR_INT = List.of(Long.class, Integer.class, Short.class, Byte.class,
			BigInteger.class, Double.class, Float.class, BigDecimal.class);

	private static final List<Class<?>> FOR_FLOAT = List.of(Double.class, Float.class, BigDecimal.class);

	private TypeDistance() {
	}

	/**
	 * @param target the type, primitive types and optionals replaced
	 * @param primitive whether the type is primitive, which comes before its wrapper
	 * @param optional whether it is the content of an optional, which comes after
	 * @return 0 or more, or {@link #IMPOSSIBLE}. If it is possible, the content may still
	 * not be
	 */
	static int of(@Nullable Object value, Class<?> target, boolean primitive, boolean optional) {
		if (value == null) {
			return primitive ? IMPOSSIBLE : optional ? 0 : 1;
		}
		int distance = of(value, target);
		return (distance == IMPOSSIBLE) ? IMPOSSIBLE : 3 * distance + (optional ? 2 : primitive ? 0 : 1);
	}

	private static int of(Object value, Class<?> target) {
		if (target == Object.class) {
			return ANYTHING;
		}
		if (value instanceof Boolean || target == Boolean.class) {
			return (value.getClass() == target) ? 0 : supertype(value, target);
		}
		if (value instanceof Number number) {
			return ofNumber(number, target);
		}
		if (value instanceof String text) {
			return ofText(text, target);
		}
		if (value instanceof Map) {
			return ofContainer(value, target, Map.class);
		}
		if (value instanceof Collection) {
			return ofContainer(value, target, (value instanceof Set) ? Set.class : List.class);
		}
		if (value instanceof PythonObject) {
			return (target == PythonObject.class) ? 0
					: (target.isInterface() && !isContainer(target)) ? CONVERTED : IMPOSSIBLE;
		}
		if (value.getClass() == target || (value instanceof PythonEnum && target.isEnum())) {
			return 0;
		}
		return target.isInstance(value) ? SUPERTYPE : CONVERTED;
	}

	private static int supertype(Object value, Class<?> target) {
		return target.isInstance(value) ? SUPERTYPE : IMPOSSIBLE;
	}

	private static int ofNumber(Number value, Class<?> target) {
		boolean integer = ExactNumber.isIntegral(value);
		int preference = (integer ? FOR_INT : FOR_FLOAT).indexOf(target);
		if (preference >= 0) {
			return (ExactNumber.convert(value, target) != null) ? preference : IMPOSSIBLE;
		}
		return (value.getClass() == target) ? 0 : supertype(value, target);
	}

	private static int ofText(String value, Class<?> target) {
		if (target == String.class) {
			return 0;
		}
		if (target == Character.class) {
			return (value.length() == 1) ? 1 : IMPOSSIBLE;
		}
		if (target.isInstance(value)) {
			return SUPERTYPE;
		}
		boolean impossible = Number.class.isAssignableFrom(target) || isContainer(target);
		return impossible ? IMPOSSIBLE : CONVERTED;
	}

	private static int ofContainer(Object value, Class<?> target, Class<?> kind) {
		if (target == kind) {
			return 0;
		}
		boolean wanted = (kind == Map.class) ? Map.class.isAssignableFrom(target)
				: isContainer(target) && !Map.class.isAssignableFrom(target);
		if (wanted) {
			return kind.isAssignableFrom(target) ? 1 : target.isInstance(value) ? 2 : SAME_KIND;
		}
		if (target.isInstance(value)) {
			return SUPERTYPE;
		}
		// A dict or a named tuple may be a record or bean.
		boolean structure = !isContainer(target) && !target.getName().startsWith("java.");
		return structure ? CONVERTED : IMPOSSIBLE;
	}

	private static boolean isContainer(Class<?> type) {
		return type.isArray() || Iterable.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
	}

}
