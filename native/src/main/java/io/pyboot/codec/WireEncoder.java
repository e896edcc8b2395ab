package io.pyboot.codec;

import java.math.BigInteger;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import io.pyboot.PythonView;
import org.jspecify.annotations.Nullable;

/**
 * Writes Java values into a {@link WireBuffer}. Used by one thread, for one message.
 */
public final class WireEncoder {

	private final WireBuffer buffer;

	private final CodecLimits limits;

	private final @Nullable UnaryOperator<Object> converter;

	private ByteBuffer memory;

	private int position;

	/** The containers around the value that is written; made with the first one. */
	private @Nullable Object @Nullable [] parents;

	/**
	 * @param buffer where to write
	 * @param limits bounds on depth and size
	 * @param converter asked for a value of a type unknown here; gives one of a known
	 * type or throws {@link PythonConversionException}
	 */
	public WireEncoder(WireBuffer buffer, CodecLimits limits, @Nullable UnaryOperator<Object> converter) {
		this.buffer = buffer;
		this.limits = limits;
		this.converter = converter;
		this.memory = buffer.memory();
	}

	/**
	 * Number of bytes written so far.
	 */
	public int length() {
		return this.position;
	}

	/** The memory, until more is reserved. */
	ByteBuffer memory() {
		return this.memory;
	}

	/**
	 * Forgets what was written after the first bytes.
	 * @param length how many bytes to keep
	 */
	public void truncate(int length) {
		this.position = length;
	}

	/** Room for so many bytes; returns where it begins. */
	int reserve(long bytes) {
		int at = this.position;
		if (bytes > this.limits.maxMessageSize() - at) {
			throw new ConversionFailure("the message would be larger than the limit of " + this.limits.maxMessageSize()
					+ " bytes (max-message-size)");
		}
		if (bytes > this.memory.capacity() - at) {
			this.memory = this.buffer.grow(at, at + (int) bytes);
		}
		this.position = at + (int) bytes;
		return at;
	}

	/**
	 * Writes a raw byte, such as an operation.
	 */
	public void writeByte(int value) {
		int at = reserve(1);
		this.memory.put(at, (byte) value);
	}

	/**
	 * Writes a raw 32-bit number, such as a count.
	 */
	public void writeInt(int value) {
		int at = reserve(4);
		this.memory.putInt(at, value);
	}

	/**
	 * Writes a raw 64-bit number, such as an id.
	 */
	public void writeLong(long value) {
		int at = reserve(8);
		this.memory.putLong(at, value);
	}

	/**
	 * Writes a value.
	 * @param value the value, {@code null} for {@code None}
	 * @param root how the value is called in an error, such as {@code args[0]}
	 * @throws PythonConversionException if it cannot cross
	 */
	public void write(@Nullable Object value, String root) {
		try {
			write(value, 0, false);
		}
		catch (ConversionFailure ex) {
			throw new PythonConversionException(ex.getMessage() + ", at " + root + ex.path());
		}
		catch (StackOverflowError ex) {
			throw WireDecoder.tooDeep(root);
		}
	}

	/**
	 * Writes positional arguments; an error names the one that cannot cross.
	 */
	public void writeArguments(@Nullable Object[] arguments) {
		int i = 0;
		try {
			for (; i < arguments.length; i++) {
				write(arguments[i], 0, false);
			}
		}
		catch (ConversionFailure ex) {
			throw new PythonConversionException(ex.getMessage() + ", at args[" + i + "]" + ex.path());
		}
		catch (StackOverflowError ex) {
			throw WireDecoder.tooDeep("args[" + i + "]");
		}
	}

	/**
	 * Writes names and values in turn, without a count.
	 * @param root how the map is called in an error, such as {@code kwargs}
	 */
	public void writeNamed(Map<String, ? extends @Nullable Object> values, String root) {
		for (Map.Entry<String, ? extends @Nullable Object> entry : values.entrySet()) {
			String name = entry.getKey();
			try {
				writeString(name);
				write(entry.getValue(), 0, false);
			}
			catch (ConversionFailure ex) {
				throw new PythonConversionException(ex.getMessage() + ", at " + root + "['" + name + "']" + ex.path());
			}
			catch (StackOverflowError ex) {
				throw WireDecoder.tooDeep(root + "['" + name + "']");
			}
		}
	}

	private void write(@Nullable Object value, int depth, boolean hashable) {
		if (value == null) {
			writeByte(WireTag.NONE);
		}
		else if (value instanceof String string) {
			writeString(string);
		}
		else if (value instanceof Long number) {
			writeInteger(number);
		}
		else if (value instanceof Double number) {
			writeFloat(number);
		}
		else if (value instanceof Integer number) {
			writeInteger(number);
		}
		else if (value instanceof Boolean bool) {
			writeByte(bool ? WireTag.TRUE : WireTag.FALSE);
		}
		else if (value instanceof Map<?, ?> map) {
			writeMap(map, depth, hashable);
		}
		else if (value instanceof Set<?> set) {
			writeIterable(hashable ? WireTag.FROZENSET : WireTag.SET, set, depth, true);
		}
		else if (value instanceof Collection<?> collection) {
			if (collection instanceof PythonRange range) {
				writeFields(WireValue.of(range), depth);
				return;
			}
			boolean tuple = hashable || collection instanceof PythonTuple;
			writeIterable(tuple ? WireTag.TUPLE : WireTag.LIST, collection, depth, hashable);
		}
		else {
			writeOther(value, depth, hashable);
		}
	}

	private void writeOther(Object value, int depth, boolean hashable) {
		if (value instanceof byte[] bytes) {
			writeBlock(WireTag.BYTES, bytes);
		}
		else if (value instanceof Short || value instanceof Byte) {
			writeInteger(((Number) value).longValue());
		}
		else if (value instanceof Float number) {
			writeFloat(number);
		}
		else if (value instanceof Character character) {
			writeString(character.toString());
		}
		else if (value instanceof BigInteger number) {
			writeBigInteger(number);
		}
		else if (value instanceof Buffer source) {
			BufferCodec.write(this, source);
		}
		else if (value instanceof PythonBuffer source) {
			BufferCodec.write(this, source);
		}
		else if (value instanceof PythonView view) {
			long number = this.buffer.lend(view);
			writeByte(WireTag.VIEW);
			writeLong(number);
		}
		else if (value instanceof Object[] array) {
			writeArray(array, depth, hashable);
		}
		else if (value instanceof boolean[] array) {
			int at = reserve(5L + array.length);
			this.memory.put(at, hashable ? WireTag.TUPLE : WireTag.LIST).putInt(at + 1, array.length);
			for (int i = 0; i < array.length; i++) {
				this.memory.put(at + 5 + i, array[i] ? WireTag.TRUE : WireTag.FALSE);
			}
		}
		else if (value instanceof char[] array) {
			writeString(new String(array));
		}
		else if (value.getClass().isArray()) {
			BufferCodec.writeArray(this, value);
		}
		else {
			writeForeign(value, depth, hashable);
		}
	}

	private void writeForeign(Object value, int depth, boolean hashable) {
		if (value instanceof Optional<?> optional) {
			enter(value, depth);
			write(optional.orElse(null), depth + 1, hashable);
			return;
		}
		Object made = WireValue.toPython(value);
		if (made instanceof WireValue parts) {
			writeFields(parts, depth);
		}
		else if (made != value) {
			write(made, depth, hashable);
		}
		else if (this.converter != null) {
			enter(value, depth);
			write(convert(this.converter, value), depth + 1, hashable);
		}
		else if (value instanceof Iterable<?> iterable) {
			writeIterable(hashable ? WireTag.TUPLE : WireTag.LIST, iterable, depth, hashable);
		}
		else {
			throw new ConversionFailure("a Java '" + value.getClass().getName() + "' has no counterpart in Python");
		}
	}

	private void writeFields(WireValue parts, int depth) {
		@Nullable Object[] fields = parts.fields();
		int at = reserve(6);
		this.memory.put(at, WireTag.VALUE).put(at + 1, parts.kind()).putInt(at + 2, fields.length);
		for (Object field : fields) {
			write(field, depth + 1, true);
		}
	}

	private static Object convert(UnaryOperator<Object> converter, Object value) {
		try {
			return converter.apply(value);
		}
		catch (PythonConversionException ex) {
			throw new ConversionFailure(String.valueOf(ex.getMessage()));
		}
	}

	private void writeInteger(long value) {
		if (value == (byte) value) {
			int at = reserve(2);
			this.memory.put(at, WireTag.INT8).put(at + 1, (byte) value);
		}
		else {
			int at = reserve(9);
			this.memory.put(at, WireTag.INT64).putLong(at + 1, value);
		}
	}

	private void writeFloat(double value) {
		int at = reserve(9);
		this.memory.put(at, WireTag.FLOAT).putLong(at + 1, Double.doubleToRawLongBits(value));
	}

	private void writeBigInteger(BigInteger value) {
		if (value.bitLength() < Long.SIZE) {
			writeInteger(value.longValue());
			return;
		}
		byte[] bytes = value.toByteArray();
		for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
			byte swapped = bytes[i];
			bytes[i] = bytes[j];
			bytes[j] = swapped;
		}
		writeBlock(WireTag.BIG_INT, bytes);
	}

	int reserveBlock(byte tag, long length) {
		int at = reserve(5L + length);
		this.memory.put(at, tag).putInt(at + 1, (int) length);
		return at + 5;
	}

	private void writeBlock(byte tag, byte[] bytes) {
		int at = reserveBlock(tag, bytes.length);
		this.memory.put(at, bytes);
	}

	/**
	 * Writes a str.
	 */
	public void writeString(String value) {
		int length = value.length();
		if (length <= 255) {
			int at = reserve(2 + length);
			ByteBuffer memory = this.memory;
			int i = 0;
			for (char c; i < length && (c = value.charAt(i)) < 0x80; i++) {
				memory.put(at + 2 + i, (byte) c);
			}
			if (i == length) {
				memory.put(at, WireTag.SHORT_ASCII).put(at + 1, (byte) length);
				return;
			}
			this.position = at;
		}
		if (isLatin1(value)) {
			writeBlock(WireTag.LATIN1, value.getBytes(StandardCharsets.ISO_8859_1));
		}
		else {
			int at = reserveBlock(WireTag.UTF16, 2L * length);
			for (int i = 0; i < length; i++) {
				this.memory.putChar(at + 2 * i, value.charAt(i));
			}
		}
	}

	private static boolean isLatin1(String value) {
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) > 0xff) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Remembers the container; a depth past the limit is an error, as is one that
	 * contains itself.
	 */
	private void enter(Object container, int depth) {
		@Nullable Object[] parents = this.parents;
		if (parents == null) {
			parents = new Object[8];
			this.parents = parents;
		}
		if (depth >= this.limits.maxDepth()) {
			for (int i = 0; i < depth; i++) {
				if (parents[i] == container) {
					throw new ConversionFailure("a Java '" + container.getClass().getName() + "' contains itself");
				}
			}
			throw new ConversionFailure(
					"containers are nested deeper than " + this.limits.maxDepth() + " levels (max-depth)");
		}
		if (depth >= parents.length) {
			parents = java.util.Arrays.copyOf(parents, Math.min(parents.length * 4, this.limits.maxDepth()));
			this.parents = parents;
		}
		parents[depth] = container;
	}

	/**
	 * Begins a container whose count is set by {@link #end} to what was really written.
	 */
	private int begin(byte tag, Object container, int depth) {
		enter(container, depth);
		int at = reserve(5);
		this.memory.put(at, tag);
		return at + 1;
	}

	private void end(int countAt, int count) {
		this.memory.putInt(countAt, count);
	}

	private void writeIterable(byte tag, Iterable<?> collection, int depth, boolean hashable) {
		int countAt = begin(tag, collection, depth);
		int count = 0;
		try {
			for (Object element : collection) {
				write(element, depth + 1, hashable);
				count++;
			}
		}
		catch (ConversionFailure ex) {
			throw ex.at(count);
		}
		end(countAt, count);
	}

	private void writeArray(@Nullable Object[] array, int depth, boolean hashable) {
		int countAt = begin(hashable ? WireTag.TUPLE : WireTag.LIST, array, depth);
		int i = 0;
		try {
			for (; i < array.length; i++) {
				write(array[i], depth + 1, hashable);
			}
		}
		catch (ConversionFailure ex) {
			throw ex.at(i);
		}
		end(countAt, array.length);
	}

	private void writeMap(Map<?, ?> written, int depth, boolean hashable) {
		Map<?, ?> map = (written instanceof Properties properties) ? PlainValue.ofProperties(properties) : written;
		if (hashable) {
			throw new ConversionFailure("a Java '" + map.getClass().getName()
					+ "' cannot be in a set or a key of a map: a Python dict is not hashable");
		}
		int countAt = begin(WireTag.DICT, map, depth);
		int count = 0;
		for (Map.Entry<?, ?> entry : map.entrySet()) {
			Object key = entry.getKey();
			try {
				write(key, depth + 1, true);
				write(entry.getValue(), depth + 1, false);
			}
			catch (ConversionFailure ex) {
				throw ex.atKey(String.valueOf(key));
			}
			count++;
		}
		end(countAt, count);
	}

}
