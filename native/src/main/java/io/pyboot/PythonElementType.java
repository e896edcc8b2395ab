package io.pyboot;

import java.math.BigInteger;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * What the items of a {@link PythonBuffer} are: the numbers of Python's {@code array} and
 * {@code struct} modules and of NumPy that Java can hold without loss.
 */
public enum PythonElementType {

	/** {@code bool}; {@code boolean[]} in Java. */
	BOOL('?', 1),

	/** {@code int8}; {@code byte[]} in Java. */
	INT8('b', 1),

	/** {@code uint8}; {@code int[]} in Java, which has no unsigned bytes. */
	UINT8('B', 1),

	/** {@code int16}; {@code short[]} in Java. */
	INT16('h', 2),

	/** {@code uint16}; {@code int[]} in Java. */
	UINT16('H', 2),

	/** {@code int32}; {@code int[]} in Java. */
	INT32('i', 4),

	/** {@code uint32}; {@code long[]} in Java. */
	UINT32('I', 4),

	/** {@code int64}; {@code long[]} in Java. */
	INT64('q', 8),

	/** {@code uint64}; {@code BigInteger[]} in Java. */
	UINT64('Q', 8),

	/** {@code float16}; {@code float[]} in Java. */
	FLOAT16('e', 2),

	/** {@code float32}; {@code float[]} in Java. */
	FLOAT32('f', 4),

	/** {@code float64}; {@code double[]} in Java. */
	FLOAT64('d', 8);

	private static final PythonElementType[] BY_CODE = new PythonElementType[128];

	static {
		for (PythonElementType type : values()) {
			BY_CODE[type.code] = type;
		}
	}

	private final char code;

	private final int size;

	PythonElementType(char code, int size) {
		this.code = code;
		this.size = size;
	}

	/**
	 * The code that the {@code struct} module has for it, in its standard sizes:
	 * {@code d} for a {@code float64}.
	 */
	public char code() {
		return this.code;
	}

	/**
	 * Size of an item in bytes.
	 */
	public int size() {
		return this.size;
	}

	/**
	 * The type of a code.
	 * @param code as {@link #code()} gives it
	 * @return {@code null} if no type has it
	 */
	public static @Nullable PythonElementType of(char code) {
		return (code < BY_CODE.length) ? BY_CODE[code] : null;
	}

	/**
	 * Reads an item as Python would show it: {@link Boolean}, {@link Long},
	 * {@link BigInteger} above its range, or {@link Double}.
	 */
	Object read(ByteBuffer memory, int at) {
		return switch (this) {
			case BOOL -> memory.get(at) != 0;
			case INT8 -> (long) memory.get(at);
			case UINT8 -> memory.get(at) & 0xffL;
			case INT16 -> (long) memory.getShort(at);
			case UINT16 -> memory.getShort(at) & 0xffffL;
			case INT32 -> (long) memory.getInt(at);
			case UINT32 -> memory.getInt(at) & 0xffff_ffffL;
			case INT64 -> memory.getLong(at);
			case UINT64 -> {
				long bits = memory.getLong(at);
				yield (bits >= 0) ? (Object) bits : unsigned(bits);
			}
			case FLOAT16 -> (double) half(memory.getShort(at));
			case FLOAT32 -> (double) memory.getFloat(at);
			case FLOAT64 -> memory.getDouble(at);
		};
	}

	/**
	 * Reads items into a new array.
	 * @param memory little-endian
	 * @param at where the first item begins
	 */
	Object readArray(ByteBuffer memory, int at, int count) {
		ByteBuffer items = memory.slice(at, count * this.size).order(memory.order());
		switch (this) {
			case BOOL -> {
				boolean[] values = new boolean[count];
				for (int i = 0; i < count; i++) {
					values[i] = items.get(i) != 0;
				}
				return values;
			}
			case INT8 -> {
				byte[] values = new byte[count];
				items.get(values);
				return values;
			}
			case UINT8 -> {
				int[] values = new int[count];
				for (int i = 0; i < count; i++) {
					values[i] = items.get(i) & 0xff;
				}
				return values;
			}
			case INT16 -> {
				short[] values = new short[count];
				items.asShortBuffer().get(values);
				return values;
			}
			case UINT16 -> {
				int[] values = new int[count];
				for (int i = 0; i < count; i++) {
					values[i] = items.getShort(2 * i) & 0xffff;
				}
				return values;
			}
			case INT32 -> {
				int[] values = new int[count];
				items.asIntBuffer().get(values);
				return values;
			}
			case UINT32 -> {
				long[] values = new long[count];
				for (int i = 0; i < count; i++) {
					values[i] = items.getInt(4 * i) & 0xffff_ffffL;
				}
				return values;
			}
			case INT64 -> {
				long[] values = new long[count];
				items.asLongBuffer().get(values);
				return values;
			}
			case UINT64 -> {
				BigInteger[] values = new BigInteger[count];
				for (int i = 0; i < count; i++) {
					values[i] = unsigned(items.getLong(8 * i));
				}
				return values;
			}
			case FLOAT16 -> {
				float[] values = new float[count];
				for (int i = 0; i < count; i++) {
					values[i] = half(items.getShort(2 * i));
				}
				return values;
			}
			case FLOAT32 -> {
				float[] values = new float[count];
				items.asFloatBuffer().get(values);
				return values;
			}
			default -> {
				double[] values = new double[count];
				items.asDoubleBuffer().get(values);
				return values;
			}
		}
	}

	private static BigInteger unsigned(long bits) {
		BigInteger low = BigInteger.valueOf(bits & Long.MAX_VALUE);
		return (bits < 0) ? low.setBit(63) : low;
	}

	/**
	 * IEEE 754 binary16, which Java 17 cannot read: 1 bit sign, 5 bits exponent, 10 bits
	 * fraction.
	 */
	private static float half(short bits) {
		int exponent = (bits >> 10) & 0x1f;
		int fraction = bits & 0x3ff;
		if (exponent == 0) {
			float small = fraction * 0x1p-24f;
			return (bits < 0) ? -small : small;
		}
		int wide = (exponent == 0x1f) ? 0xff : exponent - 15 + 127;
		return Float.intBitsToFloat((bits & 0x8000) << 16 | wide << 23 | fraction << 13);
	}

}
