package io.pyboot.codec;

import java.nio.ByteBuffer;

import io.pyboot.binding.LibPyboot;
import org.jspecify.annotations.Nullable;

/**
 * What a message holds while it is on its way: a count of each object in it that stays on
 * its side. The format and the rules are those of pb_journey.h: whoever reads a message
 * takes counts of its own for what it keeps, and gives the journeys back then.
 */
public final class Journeys {

	/** In the first byte of a message. */
	private static final int FLAG = 0x80;

	/** In the first byte of a reply: Python has let go of Java objects. */
	private static final int SWEEP = 0x40;

	private static final int SIZE = 16;

	private final ByteBuffer memory;

	private final int start;

	private final int end;

	private Journeys(ByteBuffer memory, int start, int end) {
		this.memory = memory;
		this.start = start;
		this.end = end;
	}

	/**
	 * The journeys of a message; {@code null} if it has none.
	 * @param start first byte of the message
	 * @param end one past its last byte
	 */
	public static @Nullable Journeys of(ByteBuffer memory, int start, int end) {
		if (end <= start) {
			return null;
		}
		int first = memory.get(start);
		if ((first & SWEEP) != 0) {
			JavaObjects.sweep();
		}
		if ((first & FLAG) == 0 || end - start < 5) {
			return null;
		}
		int count = memory.getInt(end - 4);
		boolean valid = count >= 0 && count <= (end - start - 5) / SIZE;
		return valid ? new Journeys(memory, end - 4 - count * SIZE, end - 4) : null;
	}

	/**
	 * One past the last value of the message.
	 */
	public int valuesEnd() {
		return this.start;
	}

	/**
	 * Gives them back: the message was read.
	 */
	public void release() {
		for (int at = this.start; at < this.end; at += SIZE) {
			LibPyboot.pb_release(this.memory.getLong(at), this.memory.getLong(at + 8));
		}
	}

	/**
	 * Gives back what a message holds that was written and will not be sent.
	 */
	public static void drop(WireBuffer buffer, int length) {
		if (length > 0 && (buffer.memory().get(0) & FLAG) != 0) {
			LibPyboot.pb_drop(buffer.address(), length);
			java.lang.ref.Reference.reachabilityFence(buffer);
		}
	}

	/** The first byte of a message without what it says here. */
	public static int kind(int first) {
		return first & ~(FLAG | SWEEP);
	}

	static void mark(ByteBuffer memory, int start) {
		memory.put(start, (byte) (memory.get(start) | FLAG));
	}

}
