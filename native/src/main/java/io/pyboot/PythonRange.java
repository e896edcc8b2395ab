package io.pyboot;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A Python {@code range}: an immutable list of its numbers that takes no memory for them.
 * Equal to any list of the same numbers; goes back to Python as a range.
 */
public final class PythonRange extends AbstractList<Long> implements RandomAccess, Serializable {

	private static final long serialVersionUID = 1L;

	private final long start;

	private final long stop;

	private final long step;

	private final int size;

	private PythonRange(long start, long stop, long step, int size) {
		this.start = start;
		this.stop = stop;
		this.step = step;
		this.size = size;
	}

	/**
	 * The numbers of {@code range(start, stop, step)}.
	 * @param start the first number
	 * @param stop where to end; it is not in the range itself
	 * @param step from one number to the next; may be negative, not 0
	 * @throws IllegalArgumentException if the step is 0 or a list cannot hold so many
	 * numbers
	 */
	public static PythonRange of(long start, long stop, long step) {
		if (step == 0) {
			throw new IllegalArgumentException("the step of a range must not be 0");
		}
		return new PythonRange(start, stop, step, size(start, stop, step));
	}

	private static int size(long start, long stop, long step) {
		if ((step > 0) ? start >= stop : start <= stop) {
			return 0;
		}
		BigInteger span = BigInteger.valueOf(stop).subtract(BigInteger.valueOf(start)).abs();
		BigInteger size = span.subtract(BigInteger.ONE).divide(BigInteger.valueOf(step).abs()).add(BigInteger.ONE);
		if (size.bitLength() >= Integer.SIZE) {
			throw new IllegalArgumentException("a range of " + size + " numbers is larger than a list can be");
		}
		return size.intValue();
	}

	/**
	 * The first number, if there is any.
	 */
	public long start() {
		return this.start;
	}

	/**
	 * Where the range ends; not in the range itself.
	 */
	public long stop() {
		return this.stop;
	}

	/**
	 * From one number to the next.
	 */
	public long step() {
		return this.step;
	}

	@Override
	public Long get(int index) {
		return this.start + this.step * Objects.checkIndex(index, this.size);
	}

	@Override
	public int size() {
		return this.size;
	}

	@Override
	public boolean equals(Object other) {
		if (other instanceof PythonRange range && this.size == range.size && this.size > 0) {
			return get(0).equals(range.get(0)) && get(this.size - 1).equals(range.get(this.size - 1));
		}
		return super.equals(other);
	}

	/**
	 * That of any list of the same numbers, so it visits each.
	 */
	@Override
	public int hashCode() {
		return super.hashCode();
	}

	/**
	 * As Python writes it, not each number.
	 */
	@Override
	public String toString() {
		return "range(" + this.start + ", " + this.stop + ((this.step != 1) ? ", " + this.step : "") + ")";
	}

}
