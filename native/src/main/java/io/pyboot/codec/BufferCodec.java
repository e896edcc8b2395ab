package io.pyboot.codec;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonElementType;

/**
 * Arrays of numbers and buffers on the wire.
 */
final class BufferCodec {

	private static final int MAX_DIMENSIONS = 64;

	private BufferCodec() {
	}

	/**
	 * Writes what remains in the buffer, whose own order its items are read in; its
	 * position stays.
	 */
	static void write(WireEncoder encoder, Buffer buffer) {
		int count = buffer.remaining();
		if (buffer instanceof ByteBuffer source) {
			int at = encoder.reserveBlock(WireTag.BYTES, count);
			encoder.memory().put(at, source, source.position(), count);
		}
		else if (buffer instanceof CharBuffer source) {
			encoder.writeString(source.toString());
		}
		else if (buffer instanceof DoubleBuffer source) {
			reserve(encoder, 'd', count, 8).asDoubleBuffer().put(source.duplicate());
		}
		else if (buffer instanceof FloatBuffer source) {
			reserve(encoder, 'f', count, 4).asFloatBuffer().put(source.duplicate());
		}
		else if (buffer instanceof LongBuffer source) {
			reserve(encoder, 'q', count, 8).asLongBuffer().put(source.duplicate());
		}
		else if (buffer instanceof IntBuffer source) {
			reserve(encoder, 'i', count, 4).asIntBuffer().put(source.duplicate());
		}
		else {
			reserve(encoder, 'h', count, 2).asShortBuffer().put(((ShortBuffer) buffer).duplicate());
		}
	}

	/**
	 * Writes an array of numbers.
	 * @param array of a primitive type of numbers other than {@code byte}
	 */
	static void writeArray(WireEncoder encoder, Object array) {
		if (array instanceof double[] values) {
			write(encoder, DoubleBuffer.wrap(values));
		}
		else if (array instanceof long[] values) {
			write(encoder, LongBuffer.wrap(values));
		}
		else if (array instanceof int[] values) {
			write(encoder, IntBuffer.wrap(values));
		}
		else if (array instanceof float[] values) {
			write(encoder, FloatBuffer.wrap(values));
		}
		else {
			write(encoder, ShortBuffer.wrap((short[]) array));
		}
	}

	private static ByteBuffer reserve(WireEncoder encoder, char typecode, int count, int size) {
		long bytes = (long) count * size;
		int at = encoder.reserve(6 + bytes);
		ByteBuffer memory = encoder.memory();
		memory.put(at, WireTag.ARRAY).put(at + 1, (byte) typecode).putInt(at + 2, (int) bytes);
		return memory.slice(at + 6, (int) bytes).order(memory.order());
	}

	static void write(WireEncoder encoder, PythonBuffer buffer) {
		ByteBuffer data = buffer.asByteBuffer();
		int[] shape = buffer.shape();
		int length = data.remaining();
		int at = encoder.reserve(7 + 8L * shape.length + length);
		ByteBuffer memory = encoder.memory();
		memory.put(at, WireTag.BUFFER).put(at + 1, (byte) buffer.elementType().code()).put(at + 2, (byte) shape.length);
		at += 3;
		for (int each : shape) {
			memory.putLong(at, each);
			at += 8;
		}
		memory.putInt(at, length).put(at + 4, data, 0, length);
	}

	/**
	 * Reads a buffer, after its tag. Its items are copied out of the message.
	 */
	static PythonBuffer read(WireDecoder decoder) {
		ByteBuffer memory = decoder.memory();
		PythonElementType type = PythonElementType.of((char) (memory.get(decoder.advance(1)) & 0xff));
		int[] shape = new int[memory.get(decoder.advance(1)) & 0xff];
		if (type == null || shape.length > MAX_DIMENSIONS) {
			throw new ConversionFailure("the answer is malformed: a buffer of unknown items");
		}
		for (int i = 0; i < shape.length; i++) {
			long length = memory.getLong(decoder.advance(8));
			if (length < 0 || length > Integer.MAX_VALUE) {
				throw new ConversionFailure("a buffer of shape [" + length + "] is too large for Java");
			}
			shape[i] = (int) length;
		}
		int length = memory.getInt(decoder.advance(4));
		ByteBuffer data = memory.slice(decoder.advance(length), length);
		try {
			return PythonBuffer.wrap(type, ByteBuffer.allocate(length).put(data).flip(), shape);
		}
		catch (IllegalArgumentException ex) {
			throw new ConversionFailure("the answer is malformed: " + ex.getMessage());
		}
	}

}
