package io.pyboot.codec;

import java.math.BigInteger;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.pyboot.JavaRef;
import io.pyboot.PythonBuffer;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import io.pyboot.PythonView;
import io.pyboot.ReadAhead;
import org.jspecify.annotations.Nullable;

/**
 * Writes Java values into a {@link WireBuffer}. Used by one thread, for one message.
 */
public final class WireEncoder {

	private final WireBuffer buffer;

	private final CodecLimits limits;

	private final @Nullable UnaryOperator<Object> converter;

	private final boolean stored;

	private final @Nullable IteratorExporter iterators;

	private ByteBuffer memory;

	private int position;

	/** The containers around the value that is written; made with the first one. */
	private @Nullable Object @Nullable [] parents;

	/** What stays on its side; made with the first one. */
	private @Nullable OutgoingObjects outgoing;

	/** What ends with the request; made with the first iterator. */
	private @Nullable Exports exports;

	/**
	 * @param buffer where to write
	 * @param limits bounds on depth and size
	 * @param converter asked for a value of a type unknown here; gives one of a known
	 * type or throws {@link PythonConversionException}
	 */
	public WireEncoder(WireBuffer buffer, CodecLimits limits, @Nullable UnaryOperator<Object> converter) {
		this(buffer, limits, converter, null, false);
	}

	/**
	 * @param iterators takes the iterators in the message; without it there can be none
	 */
	public WireEncoder(WireBuffer buffer, CodecLimits limits, @Nullable UnaryOperator<Object> converter,
			@Nullable IteratorExporter iterators) {
		this(buffer, limits, converter, iterators, false);
	}

	private WireEncoder(WireBuffer buffer, CodecLimits limits, @Nullable UnaryOperator<Object> converter,
			@Nullable IteratorExporter iterators, boolean stored) {
		this.iterators = iterators;
		this.buffer = buffer;
		this.limits = limits;
		this.converter = converter;
		this.stored = stored;
		this.memory = buffer.memory();
	}

	/**
	 * An encoder of bytes that are kept and read later, perhaps elsewhere. It refuses
	 * what means something only to those who exchange the message.
	 */
	public static WireEncoder ofStored(WireBuffer buffer, CodecLimits limits,
			@Nullable UnaryOperator<Object> converter) {
		return new WireEncoder(buffer, limits, converter, null, true);
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
	 * What the message lets Python reach until its request has ended, {@code null} for
	 * nothing.
	 */
	public @Nullable Exports exports() {
		return this.exports;
	}

	/** Nobody reads the message any more. A second call does nothing. */
	public void endExports() {
		if (this.exports != null) {
			this.exports.end();
		}
	}

	/**
	 * Forgets what was written after the first bytes, of which no value may be left.
	 * @param length how many bytes to keep
	 */
	public void truncate(int length) {
		discard();
		this.position = length;
	}

	/**
	 * Ends the message, which holds its objects that stay on their side from here on:
	 * either it is handed to libpyboot, or {@link Journeys#drop} gives them back.
	 * @param start first byte of the message
	 * @return the length of all that was written
	 */
	public int finish(int start) {
		if (this.outgoing != null) {
			try {
				this.outgoing.finish(this, start);
			}
			catch (ConversionFailure ex) {
				throw new PythonConversionException(String.valueOf(ex.getMessage()));
			}
		}
		return this.position;
	}

	/**
	 * The message will not be sent: gives back what it took over, unless it was finished,
	 * and ends what it lets Python reach.
	 */
	public void discard() {
		if (this.outgoing != null) {
			this.outgoing.discard();
		}
		endExports();
	}

	/**
	 * A Python object in the message; all of them are in the same context. {@code null}
	 * if there is none.
	 */
	public @Nullable KeptReference home() {
		return (this.outgoing != null) ? this.outgoing.home() : null;
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
	 * Adds bits to a raw byte that was written.
	 */
	public void markByte(int at, int bits) {
		this.memory.put(at, (byte) (this.memory.get(at) | bits));
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
			requireMessage(view);
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
		if (IteratorExporter.isSource(value)) {
			exportIterator(value, depth);
			return;
		}
		if (value instanceof WireWritable writable) {
			requireMessage(value);
			writable.writeTo(this);
			return;
		}
		Object made = WireValue.toPython(value);
		if (made instanceof WireValue parts) {
			writeFields(parts, depth);
		}
		else if (made != value) {
			write(made, depth, hashable);
		}
		else if (value instanceof JavaRef ref) {
			requireMessage(ref);
			outgoing().write(this, ref);
		}
		else if (value instanceof KeptReference kept) {
			requireMessage(kept);
			outgoing().write(this, kept);
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

	private void requireMessage(Object value) {
		if (this.stored) {
			String what = (value instanceof KeptReference kept)
					? "a " + kept.describe() + ", which ends with that context,"
					: (value instanceof JavaRef) ? "a JavaRef, which means something in this process only,"
							: (value instanceof PythonView) ? "a PythonView, whose memory is lent for a request only,"
									: "a Java '" + value.getClass().getName()
											+ "', which means something in this process only,";
			throw new ConversionFailure(what + " cannot be stored: store a value");
		}
	}

	private OutgoingObjects outgoing() {
		OutgoingObjects outgoing = this.outgoing;
		if (outgoing == null) {
			outgoing = new OutgoingObjects();
			this.outgoing = outgoing;
		}
		return outgoing;
	}

	private void exportIterator(Object source, int depth) {
		if (this.iterators == null) {
			throw new ConversionFailure("a Java '" + source.getClass().getName()
					+ "' serves only the request that it is passed to: make a list of its items");
		}
		if (this.exports == null) {
			this.exports = new Exports();
		}
		long number = this.iterators.export(source, this.exports);
		writeFields(WireValue.of('I', number, (source instanceof ReadAhead ahead) ? ahead.count() : 1), depth);
	}

	/**
	 * Writes a value that pyboot/_values.py makes.
	 * @param kind its letter there
	 * @param fields values that the codec knows
	 */
	public void writeValue(char kind, @Nullable Object... fields) {
		writeFields(WireValue.of(kind, fields), 0);
	}

	/**
	 * Writes the bytes of one value that was written before.
	 */
	public void writeRaw(byte[] value) {
		int at = reserve(value.length);
		this.memory.put(at, value);
	}

	/**
	 * Begins a list of so many values, which must follow.
	 */
	public void beginList(int count) {
		int at = reserve(5);
		this.memory.put(at, WireTag.LIST).putInt(at + 1, count);
	}

	/**
	 * Begins a tuple of so many values, which must follow.
	 */
	public void beginTuple(int count) {
		int at = reserve(5);
		this.memory.put(at, WireTag.TUPLE).putInt(at + 1, count);
	}

	/**
	 * Writes a list of the first values, up to one that cannot cross. If that is the very
	 * first, it is an error.
	 * @return how many were written
	 */
	public int writeSome(List<? extends @Nullable Object> values) {
		int at = reserve(5);
		this.memory.put(at, WireTag.LIST);
		int count = 0;
		for (Object value : values) {
			int end = this.position;
			try {
				write(value, 2, false);
			}
			catch (ConversionFailure ex) {
				if (count == 0) {
					throw ex;
				}
				this.position = end;
				break;
			}
			count++;
		}
		this.memory.putInt(at + 1, count);
		return count;
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
