package io.pyboot.pool;

import java.util.concurrent.atomic.AtomicInteger;

import io.pyboot.context.PythonContext;

/**
 * A place of the pool. The context in it may be replaced by another; the place stays.
 */
final class ContextSlot {

	final int index;

	/**
	 * Callers inside, from 0 to the pool's concurrency. A caller that raised it by
	 * compare-and-set holds a lease and lowers it, or hands it to a waiter as it is.
	 */
	final AtomicInteger leases = new AtomicInteger();

	/** Requests on the owner's way that have not ended; casts are not counted. A hint. */
	final AtomicInteger outstanding = new AtomicInteger();

	/** The context now. Written by the pool under its lock. */
	private volatile PythonContext context;

	/**
	 * Since when the threads that hold leases have gone on without a hand-over, as
	 * {@link System#nanoTime()}. A hint, so racing writes do no harm.
	 */
	volatile long tenancyStart;

	ContextSlot(int index, PythonContext context) {
		this.index = index;
		this.context = context;
	}

	PythonContext context() {
		return this.context;
	}

	void replace(PythonContext next) {
		this.context = next;
	}

	boolean tryLease(int concurrency) {
		int now;
		while ((now = this.leases.get()) < concurrency) {
			if (this.leases.compareAndSet(now, now + 1)) {
				return true;
			}
		}
		return false;
	}

}
