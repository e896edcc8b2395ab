package io.pyboot.codec;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pyboot.PythonConversionException;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import org.jspecify.annotations.Nullable;

/**
 * Reads values that libpyboot wrote. A closed set of types comes out of it, whatever the
 * bytes are; bytes that are no value give a {@link PythonConversionException}. Used by
 * one thread.
 */
public final class WireDecoder {

	private static final int MAX_DEPTH = 1000;

	/** A list's hash code is made of each number of a range. */
	private static final int MAX_RANGE_IN_KEY = 1_000_000;

	private final ByteBuffer memory;

	private final int end;

	private int position;

	/**
	 * @param memory little-endian
	 * @param start first byte
	 * @param end one past the last byte
	 */
	public WireDecoder(ByteBuffer memory, int start, int end) {
		this.memory = memory;
		this.position = start;
		this.end = end;
	}

	/**
	 * Reads a raw byte.
	 */
	public int readByte() {
		return this.memory.get(advanceRaw(1)) & 0xff;
	}

	/**
	 * Reads a raw 32-bit number, such as a count.
	 */
	public int readInt() {
		return this.memory.getInt(advanceRaw(4));
	}

	private int advanceRaw(int bytes) {
		try {
			return advance(bytes);
		}
		catch (ConversionFailure ex) {
			throw new PythonConversionException(ex.getMessage());
		}
	}

	/**
	 * Reads one value.
	 * @return the value, {@code null} for {@code None}
	 */
	public @Nullable Object read() {
		return read("result");
	}

	/**
	 * Reads one value.
	 * @param root how the value is called in an error, such as {@code args[0]}
	 * @return the value, {@code null} for {@code None}
	 */
	public @Nullable Object read(String root) {
		try {
			return read(0, false, 0);
		}
		catch (ConversionFailure ex) {
			throw new PythonConversionException(ex.getMessage() + ", at " + root + ex.path());
		}
		catch (StackOverflowError ex) {
			throw tooDeep(root);
		}
	}

	ByteBuffer memory() {
		return this.memory;
	}

	/**
	 * Reads positional arguments; an error names the one that cannot cross.
	 * @param count how many
	 */
	public @Nullable Object[] readArguments(int count) {
		if (count < 0 || count > this.end - this.position) {
			throw new PythonConversionException("the message is malformed: a count is past its end");
		}
		@Nullable Object[] arguments = new Object[count];
		int i = 0;
		try {
			for (; i < count; i++) {
				arguments[i] = read(0, false, count - i - 1);
			}
		}
		catch (ConversionFailure ex) {
			throw new PythonConversionException(ex.getMessage() + ", at args[" + i + "]" + ex.path());
		}
		catch (StackOverflowError ex) {
			throw tooDeep("args[" + i + "]");
		}
		return arguments;
	}

	/** Of the stack of the calling thread little may be left, whatever the limit is. */
	static PythonConversionException tooDeep(String root) {
		return new PythonConversionException("containers are nested too deep for the stack of the thread '"
				+ Thread.currentThread().getName() + "', at " + root);
	}

	int advance(int bytes) {
		int at = this.position;
		if (bytes < 0 || bytes > this.end - at) {
			throw new ConversionFailure("the answer is malformed: it ends too early");
		}
		this.position = at + bytes;
		return at;
	}

	/**
	 * Reads a count of items.
	 * @param width how many bytes each takes at least
	 * @param owed how many bytes the items that follow those of the containers around it
	 * take at least: counts within each other must not each claim all bytes that are
	 * left, or memory would grow with the product of size and depth
	 */
	private int readCount(int depth, int width, int owed) {
		int count = this.memory.getInt(advance(4));
		if (count < 0 || count > (this.end - this.position - owed) / width) {
			throw new ConversionFailure("the answer is malformed: a count is past its end");
		}
		if (depth >= MAX_DEPTH) {
			throw new ConversionFailure("containers are nested deeper than " + MAX_DEPTH + " levels");
		}
		return count;
	}

	private @Nullable Object read(int depth, boolean key, int owed) {
		byte tag = this.memory.get(advance(1));
		return switch (tag) {
			case WireTag.NONE -> null;
			case WireTag.FALSE -> Boolean.FALSE;
			case WireTag.TRUE -> Boolean.TRUE;
			case WireTag.INT8 -> Long.valueOf(this.memory.get(advance(1)));
			case WireTag.INT64 -> this.memory.getLong(advance(8));
			case WireTag.FLOAT -> Double.longBitsToDouble(this.memory.getLong(advance(8)));
			case WireTag.SHORT_ASCII -> text(this.memory.get(advance(1)) & 0xff, StandardCharsets.ISO_8859_1);
			case WireTag.LATIN1 -> text(blockLength(), StandardCharsets.ISO_8859_1);
			case WireTag.UTF8 -> text(blockLength(), StandardCharsets.UTF_8);
			case WireTag.UTF16 -> utf16(blockLength());
			case WireTag.BYTES -> {
				byte[] bytes = bytes(blockLength());
				yield key ? ByteBuffer.wrap(bytes).asReadOnlyBuffer() : bytes;
			}
			case WireTag.BIG_INT -> bigInteger(bytes(blockLength()));
			case WireTag.ARRAY -> array();
			case WireTag.BUFFER -> BufferCodec.read(this);
			case WireTag.LIST -> list(depth, owed);
			case WireTag.TUPLE -> tuple(depth, key, owed);
			case WireTag.DICT -> dict(depth, owed);
			case WireTag.SET -> set(depth, owed);
			case WireTag.FROZENSET -> Collections.unmodifiableSet(set(depth, owed));
			case WireTag.VALUE -> value(depth, key, owed);
			case WireTag.JAVA_REF -> javaObject(this.memory.getLong(advance(8)));
			case WireTag.HANDLE -> {
				int at = advance(16);
				yield ContextHomes.arrived(this.memory.getLong(at), this.memory.getLong(at + 8));
			}
			default -> throw new ConversionFailure("the answer is malformed: unknown tag " + tag);
		};
	}

	private static Object javaObject(long id) {
		Object object = JavaObjects.find(id);
		if (object == null) {
			throw new ConversionFailure("the answer is malformed: a JavaRef is not known");
		}
		return object;
	}

	private int blockLength() {
		return this.memory.getInt(advance(4));
	}

	private byte[] bytes(int length) {
		int at = advance(length);
		byte[] bytes = new byte[length];
		this.memory.get(at, bytes);
		return bytes;
	}

	private String text(int length, java.nio.charset.Charset charset) {
		return new String(bytes(length), charset);
	}

	/** Not by a charset: lone surrogates must come through. */
	private String utf16(int length) {
		int at = advance(length);
		char[] chars = new char[length / 2];
		for (int i = 0; i < chars.length; i++) {
			chars[i] = this.memory.getChar(at + 2 * i);
		}
		return new String(chars);
	}

	private static BigInteger bigInteger(byte[] littleEndian) {
		if (littleEndian.length == 0) {
			throw new ConversionFailure("the answer is malformed: an int without bytes");
		}
		for (int i = 0, j = littleEndian.length - 1; i < j; i++, j--) {
			byte swapped = littleEndian[i];
			littleEndian[i] = littleEndian[j];
			littleEndian[j] = swapped;
		}
		return new BigInteger(littleEndian);
	}

	/** An {@code array.array} as the Java array that holds its values without loss. */
	private Object array() {
		char typecode = (char) this.memory.get(advance(1));
		int length = blockLength();
		ByteBuffer bytes = this.memory.slice(advance(length), length).order(this.memory.order());
		switch (typecode) {
			case 'd' -> {
				double[] values = new double[length / 8];
				bytes.asDoubleBuffer().get(values);
				return values;
			}
			case 'q', 'l' -> {
				long[] values = new long[length / 8];
				bytes.asLongBuffer().get(values);
				return values;
			}
			case 'i' -> {
				int[] values = new int[length / 4];
				bytes.asIntBuffer().get(values);
				return values;
			}
			case 'f' -> {
				float[] values = new float[length / 4];
				bytes.asFloatBuffer().get(values);
				return values;
			}
			case 'h' -> {
				short[] values = new short[length / 2];
				bytes.asShortBuffer().get(values);
				return values;
			}
			case 'b' -> {
				byte[] values = new byte[length];
				bytes.get(values);
				return values;
			}
			case 'B' -> {
				int[] values = new int[length];
				for (int i = 0; i < length; i++) {
					values[i] = bytes.get(i) & 0xff;
				}
				return values;
			}
			case 'H' -> {
				int[] values = new int[length / 2];
				for (int i = 0; i < values.length; i++) {
					values[i] = bytes.getShort(2 * i) & 0xffff;
				}
				return values;
			}
			case 'I' -> {
				long[] values = new long[length / 4];
				for (int i = 0; i < values.length; i++) {
					values[i] = bytes.getInt(4 * i) & 0xffff_ffffL;
				}
				return values;
			}
			case 'L', 'Q' -> {
				BigInteger[] values = new BigInteger[length / 8];
				for (int i = 0; i < values.length; i++) {
					values[i] = new BigInteger(Long.toUnsignedString(bytes.getLong(8 * i)));
				}
				return values;
			}
			default ->
				throw new ConversionFailure("an array of typecode '" + typecode + "' has no counterpart in Java");
		}
	}

	private List<@Nullable Object> list(int depth, int owed) {
		int count = readCount(depth, 1, owed);
		List<@Nullable Object> list = new ArrayList<>(count);
		int i = 0;
		try {
			for (; i < count; i++) {
				list.add(read(depth + 1, false, owed + count - i - 1));
			}
		}
		catch (ConversionFailure ex) {
			throw ex.at(i);
		}
		return list;
	}

	private PythonTuple tuple(int depth, boolean key, int owed) {
		int count = readCount(depth, 1, owed);
		return PythonTuple.of(elements(depth, count, key, owed));
	}

	private Object value(int depth, boolean key, int owed) {
		byte kind = this.memory.get(advance(1));
		int count = readCount(depth, 1, owed);
		@Nullable Object[] fields = elements(depth, count, key && WireValue.isContainer(kind), owed);
		Object value = WireValue.toJava(kind, fields);
		if (key && value instanceof PythonRange range && range.size() > MAX_RANGE_IN_KEY) {
			throw new ConversionFailure("a Python range of " + range.size()
					+ " numbers cannot be a key or in a set in Java, which would visit each of them");
		}
		return value;
	}

	private @Nullable Object[] elements(int depth, int count, boolean key, int owed) {
		@Nullable Object[] elements = new Object[count];
		int i = 0;
		try {
			for (; i < count; i++) {
				elements[i] = read(depth + 1, key, owed + count - i - 1);
			}
		}
		catch (ConversionFailure ex) {
			throw ex.at(i);
		}
		return elements;
	}

	private Map<@Nullable Object, @Nullable Object> dict(int depth, int owed) {
		int count = readCount(depth, 2, owed);
		Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>((int) (count / 0.75f) + 1);
		for (int i = 0; i < count; i++) {
			int after = owed + 2 * (count - i - 1);
			Object key = read(depth + 1, true, after + 1);
			try {
				map.put(key, read(depth + 1, false, after));
			}
			catch (ConversionFailure ex) {
				throw ex.atKey(String.valueOf(key));
			}
			if (map.size() != i + 1) {
				throw new ConversionFailure("two keys of a Python dict are equal in Java: " + key);
			}
		}
		return map;
	}

	private Set<@Nullable Object> set(int depth, int owed) {
		int count = readCount(depth, 1, owed);
		Set<@Nullable Object> set = new LinkedHashSet<>((int) (count / 0.75f) + 1);
		for (int i = 0; i < count; i++) {
			Object element = read(depth + 1, true, owed + count - i - 1);
			if (!set.add(element)) {
				throw new ConversionFailure("two elements of a Python set are equal in Java: " + element);
			}
		}
		return set;
	}

}
