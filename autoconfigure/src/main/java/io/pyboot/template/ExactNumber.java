package io.pyboot.template;

import java.math.BigDecimal;
import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * Conversion of numbers that never changes their value: a number that the type cannot
 * hold exactly is refused, not wrapped, rounded or cut.
 */
public final class ExactNumber {

	private ExactNumber() {
	}

	/**
	 * Whether the value is what Python calls an int.
	 */
	public static boolean isIntegral(Object value) {
		return value instanceof Long || value instanceof Integer || value instanceof BigInteger
				|| value instanceof Short || value instanceof Byte;
	}

	/**
	 * Whether the type is one of the integer types.
	 */
	static boolean isIntegral(Class<?> type) {
		return type == Long.class || type == Integer.class || type == Short.class || type == Byte.class
				|| type == BigInteger.class;
	}

	/**
	 * Converts a number.
	 * @param value the number
	 * @param type a wrapper class, {@link BigInteger} or {@link BigDecimal}
	 * @return the same value as the type, or {@code null} if it cannot hold it or is no
	 * such type
	 */
	public static @Nullable Number convert(Number value, Class<?> type) {
		if (type.isInstance(value)) {
			return value;
		}
		if (isIntegral(type)) {
			return isIntegral(value) ? toIntegral(value, type) : null;
		}
		if (type == Double.class) {
			return toDouble(value);
		}
		if (type == Float.class) {
			return toFloat(value);
		}
		return (type == BigDecimal.class) ? toDecimal(value) : null;
	}

	private static @Nullable Number toIntegral(Number value, Class<?> type) {
		if (value instanceof BigInteger big) {
			if (big.bitLength() >= Long.SIZE) {
				return null;
			}
		}
		else if (type == BigInteger.class) {
			return BigInteger.valueOf(value.longValue());
		}
		long number = value.longValue();
		if (type == Long.class) {
			return number;
		}
		if (type == Integer.class) {
			return (number == (int) number) ? (Number) (int) number : null;
		}
		if (type == Short.class) {
			return (number == (short) number) ? (Number) (short) number : null;
		}
		return (number == (byte) number) ? (Number) (byte) number : null;
	}

	private static @Nullable Double toDouble(Number value) {
		double number = value.doubleValue();
		return isExact(value, number) ? number : null;
	}

	private static @Nullable Float toFloat(Number value) {
		float number = value.floatValue();
		return isExact(value, number) ? number : null;
	}

	private static boolean isExact(Number value, double number) {
		if (value instanceof Double || value instanceof Float) {
			return Double.compare(value.doubleValue(), number) == 0;
		}
		BigDecimal exact = toDecimal(value);
		return exact != null && !Double.isInfinite(number) && exact.compareTo(new BigDecimal(number)) == 0;
	}

	/**
	 * A float becomes the shortest decimal that stands for it, which is what Python
	 * prints.
	 */
	private static @Nullable BigDecimal toDecimal(Number value) {
		if (value instanceof BigDecimal decimal) {
			return decimal;
		}
		if (value instanceof BigInteger big) {
			return new BigDecimal(big);
		}
		if (isIntegral(value)) {
			return BigDecimal.valueOf(value.longValue());
		}
		double number = value.doubleValue();
		return Double.isFinite(number) ? BigDecimal.valueOf(number) : null;
	}

}
