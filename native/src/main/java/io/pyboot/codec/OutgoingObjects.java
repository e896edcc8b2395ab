package io.pyboot.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;

import io.pyboot.JavaRef;
import io.pyboot.binding.LibPyboot;
import org.jspecify.annotations.Nullable;

/**
 * The objects in a message being written that stay on their side. Each id in the message
 * has a count of its own (pb_journey.h), which is here until the message is finished, and
 * in the message from then on. Used by one thread.
 */
final class OutgoingObjects {

	/** Pairs of context and id: the counts that the message has taken over. */
	private long[] journeys = new long[8];

	private int length;

	/** A Python object in the message; all of them are in the same context. */
	private @Nullable KeptReference home;

	void write(WireEncoder encoder, JavaRef ref) {
		int at = encoder.reserve(9);
		long id = JavaObjects.register(ref.get());
		add(0, id);
		encoder.memory().put(at, WireTag.JAVA_REF).putLong(at + 1, id);
	}

	void write(WireEncoder encoder, KeptReference kept) {
		KeptReference home = this.home;
		if (home != null && home.contextId() != kept.contextId()) {
			throw new ConversionFailure(kept.describe() + " cannot go together with " + home.describe()
					+ ": each stays in the interpreter that made it");
		}
		int at = encoder.reserve(17);
		kept.beginJourney();
		add(kept.contextId(), kept.id());
		this.home = kept;
		encoder.memory().put(at, WireTag.HANDLE).putLong(at + 1, kept.contextId()).putLong(at + 9, kept.id());
	}

	private void add(long context, long id) {
		if (this.length == this.journeys.length) {
			this.journeys = Arrays.copyOf(this.journeys, 2 * this.length);
		}
		this.journeys[this.length++] = context;
		this.journeys[this.length++] = id;
	}

	@Nullable KeptReference home() {
		return this.home;
	}

	/** Lists the counts at the end of the message, which holds them now. */
	void finish(WireEncoder encoder, int start) {
		if (this.length == 0) {
			return;
		}
		int at = encoder.reserve(8L * this.length + 4);
		ByteBuffer memory = encoder.memory();
		for (int i = 0; i < this.length; i++) {
			memory.putLong(at + 8 * i, this.journeys[i]);
		}
		memory.putInt(at + 8 * this.length, this.length / 2);
		Journeys.mark(memory, start);
		this.length = 0;
	}

	/** Gives back the counts that no message holds. */
	void discard() {
		for (int i = 0; i < this.length; i += 2) {
			LibPyboot.pb_release(this.journeys[i], this.journeys[i + 1]);
		}
		this.length = 0;
		this.home = null;
	}

}
