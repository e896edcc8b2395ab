package io.pyboot.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import io.pyboot.context.PythonContext;
import org.jspecify.annotations.Nullable;

/**
 * A place of the pool. The context in it may be replaced by another; the place stays.
 */
final class ContextSlot {

	final int index;

	/** Where submitters wait while the queue of this place is full. */
	final QueueGate gate;

	/** For requests that want this place, whatever context is in it. */
	final Target target = new Target(this, null, "");

	/** The context now; written by {@link #replace}, under the pool's life cycle lock. */
	private volatile Occupant occupant;

	/**
	 * Since when the threads that hold leases have gone on without a hand-over, as
	 * {@link System#nanoTime()}. A hint, so racing writes do no harm.
	 */
	volatile long tenancyStart;

	ContextSlot(int index, PythonContext context, PoolOptions options) {
		this.index = index;
		this.gate = new QueueGate(options);
		this.occupant = new Occupant(this, context, 1);
	}

	Occupant occupant() {
		return this.occupant;
	}

	PythonContext context() {
		return this.occupant.context;
	}

	/** Puts another context here; gives the one that was here. */
	PythonContext replace(PythonContext next) {
		Occupant old = this.occupant;
		this.occupant = new Occupant(this, next, old.generation + 1);
		return old.context;
	}

	/**
	 * One context in its place. Its leases go with it, so that a caller that never leaves
	 * a replaced context does not take a place of the next.
	 */
	static final class Occupant {

		final ContextSlot slot;

		final PythonContext context;

		/** Counts the contexts of this place, from 1. */
		final int generation;

		/**
		 * Callers inside, from 0 to the pool's concurrency. A caller that raised it by
		 * compare-and-set holds a lease and lowers it, or hands it to a waiter as it is.
		 */
		private final AtomicIntegerArray leases = new AtomicIntegerArray(64);

		/** In the middle of the array, so that no two places share a cache line. */
		private static final int LEASES = 32;

		/** Synchronous requests on the owner's way that have not ended. A hint. */
		final AtomicInteger outstanding = new AtomicInteger();

		private Occupant(ContextSlot slot, PythonContext context, int generation) {
			this.slot = slot;
			this.context = context;
			this.generation = generation;
		}

		boolean tryLease(int concurrency) {
			int now;
			while ((now = this.leases.get(LEASES)) < concurrency) {
				if (this.leases.compareAndSet(LEASES, now, now + 1)) {
					return true;
				}
			}
			return false;
		}

		void giveBack() {
			this.leases.decrementAndGet(LEASES);
		}

		int leases() {
			return this.leases.get(LEASES);
		}

		boolean isCurrent() {
			return this.slot.occupant == this;
		}

	}

	/**
	 * Where a request must run.
	 *
	 * @param slot the place
	 * @param pinned the context, if no other will do (that of a session)
	 * @param belongings what is lost with the pinned context
	 */
	record Target(ContextSlot slot, @Nullable PythonContext pinned, String belongings) {

		boolean accepts(PythonContext context) {
			return this.pinned == null || this.pinned.equals(context);
		}

	}

}
