package io.pyboot;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Numbers of one type in a shape of any number of dimensions: what a NumPy array, a
 * {@code memoryview} of numbers or another object with the buffer protocol becomes in
 * Java. As an argument it is a read-only {@code memoryview} in Python, from which
 * {@code numpy.asarray} makes an array without a copy.
 * <p>
 * The items lie one after the other, little-endian, the last index fastest (C order),
 * whatever they were in Python. Immutable, and so for any thread.
 */
public final class PythonBuffer {

	private final PythonElementType type;

	private final ByteBuffer data;

	private final int[] shape;

	private PythonBuffer(PythonElementType type, ByteBuffer data, int[] shape) {
		this.type = type;
		this.data = data;
		this.shape = shape;
	}

	/**
	 * A buffer of what remains in {@code data}, which is not copied: nobody may change it
	 * afterwards.
	 * @param type what the items are
	 * @param data the items, little-endian and in C order, whatever its own order says
	 * @param shape lengths of the dimensions; none for a single item
	 * @throws IllegalArgumentException if the shape needs more or fewer bytes, or has a
	 * negative length or more than 64 dimensions
	 */
	public static PythonBuffer wrap(PythonElementType type, ByteBuffer data, int... shape) {
		if (shape.length > 64) {
			throw new IllegalArgumentException("more than 64 dimensions: " + shape.length);
		}
		long bytes = type.size();
		for (int length : shape) {
			if (length < 0) {
				throw new IllegalArgumentException("negative length in the shape " + Arrays.toString(shape));
			}
			// Never past what a long holds: the bytes that remain are an int.
			bytes = Math.min(bytes * length, Integer.MAX_VALUE + 1L);
		}
		if (bytes != data.remaining()) {
			throw new IllegalArgumentException("%d bytes are not those of %s of shape %s".formatted(data.remaining(),
					type, Arrays.toString(shape)));
		}
		return new PythonBuffer(type, data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN), shape.clone());
	}

	/**
	 * What the items are.
	 */
	public PythonElementType elementType() {
		return this.type;
	}

	/**
	 * The format of an item as the {@code struct} module writes it, such as {@code <d}.
	 */
	public String format() {
		return "<" + this.type.code();
	}

	/**
	 * Size of an item in bytes.
	 */
	public int itemSize() {
		return this.type.size();
	}

	/**
	 * Number of dimensions, 0 for a single item.
	 */
	public int dimensions() {
		return this.shape.length;
	}

	/**
	 * Lengths of the dimensions.
	 */
	public int[] shape() {
		return this.shape.clone();
	}

	/**
	 * Bytes from one item to the next, for each dimension.
	 */
	public int[] strides() {
		int[] strides = new int[this.shape.length];
		int step = this.type.size();
		for (int i = strides.length - 1; i >= 0; i--) {
			strides[i] = step;
			step *= this.shape[i];
		}
		return strides;
	}

	/**
	 * Number of items.
	 */
	public int size() {
		return this.data.remaining() / this.type.size();
	}

	/**
	 * The items as they lie in memory; read-only and little-endian, without a copy.
	 */
	public ByteBuffer asByteBuffer() {
		return this.data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
	}

	/**
	 * One item, as Python shows it: a {@link Boolean}, a {@link Long}, a
	 * {@link java.math.BigInteger} above its range, or a {@link Double}.
	 * @param index one number for each dimension
	 * @throws IndexOutOfBoundsException if there is no such item
	 */
	public Object get(int... index) {
		if (index.length != this.shape.length) {
			throw new IndexOutOfBoundsException(
					index.length + " indexes for " + this.shape.length + " dimensions of " + this);
		}
		int at = 0;
		for (int i = 0; i < index.length; i++) {
			if (index[i] < 0 || index[i] >= this.shape[i]) {
				throw new IndexOutOfBoundsException("no item " + Arrays.toString(index) + " in " + this);
			}
			at = at * this.shape[i] + index[i];
		}
		return this.type.read(this.data, at * this.type.size());
	}

	/**
	 * Copies all items, whatever the shape is, into an array of the type that
	 * {@link PythonElementType} names.
	 * @return such as a {@code double[]} for {@link PythonElementType#FLOAT64}
	 */
	public Object toArray() {
		return this.type.readArray(this.data, 0, size());
	}

	/**
	 * Copies the items into arrays within arrays, as deep as there are dimensions.
	 * @return such as a {@code double[][]} for a {@link PythonElementType#FLOAT64} of two
	 * dimensions; the item, as {@link #get} gives it, if there is no dimension
	 */
	public Object toNestedArray() {
		return (this.shape.length != 0) ? nested(0, 0, size()) : get();
	}

	private Object nested(int dimension, int start, int count) {
		if (dimension == this.shape.length - 1) {
			return this.type.readArray(this.data, start * this.type.size(), count);
		}
		int length = this.shape[dimension];
		int[] dimensions = new int[this.shape.length - dimension];
		dimensions[0] = length;
		Class<?> component = this.type.readArray(this.data, 0, 0).getClass().getComponentType();
		Object array = Array.newInstance(component, dimensions);
		for (int i = 0; i < length; i++) {
			int each = count / length;
			Array.set(array, i, nested(dimension + 1, start + i * each, each));
		}
		return array;
	}

	/**
	 * Copies the items into lists within lists, as deep as there are dimensions; each
	 * item as {@link #get} gives it.
	 * @throws IllegalStateException if there is no dimension
	 */
	public List<Object> toList() {
		if (this.shape.length == 0) {
			throw new IllegalStateException(this + " is a single item, no list");
		}
		return list(0, 0, size());
	}

	private List<Object> list(int dimension, int start, int count) {
		int length = this.shape[dimension];
		List<Object> list = new ArrayList<>(length);
		for (int i = 0; i < length; i++) {
			int each = count / length;
			list.add((dimension == this.shape.length - 1) ? this.type.read(this.data, (start + i) * this.type.size())
					: list(dimension + 1, start + i * each, each));
		}
		return Collections.unmodifiableList(list);
	}

	/**
	 * Equal to a buffer of the same type, shape and bytes.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof PythonBuffer buffer && this.type == buffer.type
				&& Arrays.equals(this.shape, buffer.shape) && this.data.equals(buffer.data);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.shape) + this.data.hashCode();
	}

	@Override
	public String toString() {
		return "PythonBuffer[" + this.type + ", shape=" + Arrays.toString(this.shape) + "]";
	}

}
