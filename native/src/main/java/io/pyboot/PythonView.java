package io.pyboot;

import java.nio.ByteBuffer;

/**
 * Lends the memory of a direct {@link ByteBuffer} to a Python function, without a copy.
 * As an argument it is a {@code memoryview} of bytes, from the buffer's position to its
 * limit, that lasts as long as the request: one that Python code keeps longer raises
 * {@code ValueError}. A part of it, or a NumPy array made from it, that is kept longer
 * stays valid; the buffer is not freed before Python has let go of it.
 * <p>
 * While the request runs, Python sees what Java writes into the buffer. Whoever changes
 * it at the same time must agree with the Python code on when. A cast, whose end nobody
 * is told of, does not take a view.
 *
 * @see PythonBuffer a copy with a type and a shape
 */
public final class PythonView {

	private final ByteBuffer memory;

	private final boolean writable;

	private PythonView(ByteBuffer memory, boolean writable) {
		if (!memory.isDirect()) {
			throw new IllegalArgumentException(
					"only a direct ByteBuffer can be lent: pass the ByteBuffer itself, of which Python gets a copy");
		}
		this.memory = memory.slice();
		this.writable = writable;
	}

	/**
	 * A view that Python code can read.
	 * @param direct what remains in it; its position and limit may change afterwards
	 * @throws IllegalArgumentException if the buffer is not direct
	 */
	public static PythonView of(ByteBuffer direct) {
		return new PythonView(direct, false);
	}

	/**
	 * A view that Python code can read and write, such as to give results back.
	 * @param direct what remains in it
	 * @throws IllegalArgumentException if the buffer is not direct or is read-only
	 */
	public static PythonView writable(ByteBuffer direct) {
		if (direct.isReadOnly()) {
			throw new IllegalArgumentException("a read-only ByteBuffer cannot be lent for writing");
		}
		return new PythonView(direct, true);
	}

	/**
	 * The memory that is lent, from 0 to its capacity.
	 */
	public ByteBuffer memory() {
		return this.memory.duplicate();
	}

	/**
	 * Whether Python code may write.
	 */
	public boolean isWritable() {
		return this.writable;
	}

	@Override
	public String toString() {
		return "PythonView[" + this.memory.capacity() + " bytes" + (this.writable ? ", writable]" : "]");
	}

}
