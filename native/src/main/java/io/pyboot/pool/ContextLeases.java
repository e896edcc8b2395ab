package io.pyboot.pool;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.pool.ContextSlot.Occupant;
import org.jspecify.annotations.Nullable;

/**
 * Who may enter which context on the caller's way: the context this thread used last, if
 * free; else any free one; else a place in a fair, bounded queue.
 * <p>
 * Handing a context from thread to thread at each call would cost two context switches a
 * call, many times the call itself. So a thread that comes back at once may go on with
 * the context it had, for a {@link #QUANTUM} at most: then the release hands the lease to
 * the thread that has waited longest. The first in the queue also looks for a free
 * context by itself every {@link #RECHECK}, for the case that the releasing thread does
 * not come back.
 * <p>
 * Invariants: a lease is held by one thread at a time and given back once; waiters are
 * added, removed and chosen under the lock; a waiter's slot is set once, under the lock,
 * and a waiter that leaves without looking at it under the lock has lost nothing.
 * {@link #waiting} is the length of the queue, readable without the lock.
 */
final class ContextLeases {

	/** How long a thread may go on while others wait. */
	static final long QUANTUM = 1_000_000;

	/** How often the first waiter looks for a free context. */
	static final long RECHECK = 200_000;

	private final ContextSlot[] slots;

	private final int concurrency;

	private final int maxWaiting;

	private final long maxWaitNanos;

	private final String pool;

	private final ThreadLocal<Tenant> tenants = ThreadLocal.withInitial(Tenant::new);

	private final ReentrantLock lock = new ReentrantLock();

	private final ArrayDeque<Waiter> queue = new ArrayDeque<>();

	private volatile int waiting;

	ContextLeases(ContextSlot[] slots, PoolOptions options) {
		this.slots = slots;
		this.concurrency = options.concurrencyPerContext();
		this.maxWaiting = options.maxWaiting();
		this.maxWaitNanos = options.maxWait().toNanos();
		this.pool = options.name();
	}

	/** A thread in the queue. */
	private static final class Waiter {

		private final Thread thread = Thread.currentThread();

		/** The only slot it accepts, or null for any. */
		private final @Nullable ContextSlot wanted;

		/** The slot whose lease it was handed; set once under the lock. */
		private volatile @Nullable Occupant granted;

		Waiter(@Nullable ContextSlot wanted) {
			this.wanted = wanted;
		}

	}

	/** Number of threads that wait. */
	int waiting() {
		return this.waiting;
	}

	/** What the calling thread knows about its place in this pool. */
	Tenant tenant() {
		return this.tenants.get();
	}

	/**
	 * Takes a lease.
	 * @param tenant that of the calling thread
	 * @param wanted the only slot to accept, or {@code null} for any
	 * @throws PythonOverloadedException if none became free in time, or too many wait
	 * @throws PythonCancelledException if the thread was interrupted while it waited
	 */
	Occupant acquire(Tenant tenant, @Nullable ContextSlot wanted) {
		ContextSlot slot = tenant.last;
		if (slot != null && (wanted == null || wanted == slot)) {
			Occupant occupant = slot.occupant();
			if (occupant.tryLease(this.concurrency)) {
				return occupant;
			}
		}
		Occupant taken = tryAny(wanted);
		if (taken == null) {
			taken = await(wanted);
		}
		tenant.last = taken.slot;
		return taken;
	}

	private @Nullable Occupant tryAny(@Nullable ContextSlot wanted) {
		if (wanted != null) {
			return take(wanted);
		}
		int start = (int) Thread.currentThread().getId();
		for (int i = 0; i < this.slots.length; i++) {
			ContextSlot slot = this.slots[Math.floorMod(start + i, this.slots.length)];
			Occupant taken = (slot.occupant().outstanding.get() == 0) ? take(slot) : null;
			if (taken != null) {
				return taken;
			}
		}
		for (ContextSlot slot : this.slots) {
			Occupant taken = take(slot);
			if (taken != null) {
				return taken;
			}
		}
		return null;
	}

	/** Takes a lease and begins a tenancy. */
	private @Nullable Occupant take(ContextSlot slot) {
		Occupant occupant = slot.occupant();
		if (!occupant.tryLease(this.concurrency)) {
			return null;
		}
		slot.tenancyStart = System.nanoTime();
		return occupant;
	}

	private Occupant await(@Nullable ContextSlot wanted) {
		Waiter waiter = new Waiter(wanted);
		enqueue(waiter);
		long until = System.nanoTime() + this.maxWaitNanos;
		while (true) {
			// Before the look at the grant: waiting for the lock may use up the permit of
			// the
			// grant's unpark. From the look on, a grant leaves its permit for the park
			// below.
			boolean first = isFirst(waiter);
			Occupant granted = waiter.granted;
			if (granted != null) {
				return granted;
			}
			long rest = until - System.nanoTime();
			boolean interrupted = Thread.currentThread().isInterrupted();
			if (rest <= 0 || interrupted) {
				granted = leave(waiter);
				if (granted != null) {
					return granted;
				}
				if (interrupted) {
					throw new PythonCancelledException(
							"Interrupted while waiting for a context of pool '" + this.pool + "'");
				}
				throw new PythonOverloadedException("No context of pool '" + this.pool + "' became free within "
						+ this.maxWaitNanos / 1_000_000 + " ms (max-wait)");
			}
			LockSupport.parkNanos(this, first ? Math.min(rest, RECHECK) : rest);
			if (first && waiter.granted == null) {
				Occupant found = tryAny(wanted);
				if (found != null) {
					granted = leave(waiter);
					if (granted != null) {
						release(found); // was handed one at the same moment
						return granted;
					}
					return found;
				}
			}
		}
	}

	private void enqueue(Waiter waiter) {
		this.lock.lock();
		try {
			if (this.queue.size() >= this.maxWaiting) {
				throw new PythonOverloadedException("Already " + this.queue.size()
						+ " callers wait for a context of pool '" + this.pool + "' (max-waiting)");
			}
			this.queue.add(waiter);
			this.waiting = this.queue.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Leaves the queue and wakes the one that is first now. Gives the lease that came
	 * meanwhile, or null.
	 */
	private @Nullable Occupant leave(Waiter waiter) {
		this.lock.lock();
		try {
			if (waiter.granted == null) {
				this.queue.remove(waiter);
				this.waiting = this.queue.size();
				wakeFirst();
			}
			return waiter.granted;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether nobody before it could take what it could. */
	private boolean isFirst(Waiter waiter) {
		this.lock.lock();
		try {
			for (Waiter other : this.queue) {
				if (other == waiter) {
					return true;
				}
				if (waiter.wanted == null || other.wanted == null || other.wanted == waiter.wanted) {
					return false;
				}
			}
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Wakes those that may be first now, so that they begin to look by themselves. */
	private void wakeFirst() {
		for (Waiter waiter : this.queue) {
			LockSupport.unpark(waiter.thread);
			if (waiter.wanted == null) {
				break;
			}
		}
	}

	/** Gives a lease back, or hands it on if its time is up and somebody waits. */
	void release(Occupant occupant) {
		if (this.waiting != 0 && System.nanoTime() - occupant.slot.tenancyStart >= QUANTUM && occupant.isCurrent()
				&& handOver(occupant)) {
			return;
		}
		occupant.giveBack();
	}

	private boolean handOver(Occupant occupant) {
		ContextSlot slot = occupant.slot;
		this.lock.lock();
		try {
			for (Iterator<Waiter> waiters = this.queue.iterator(); waiters.hasNext();) {
				Waiter waiter = waiters.next();
				if (waiter.wanted == null || waiter.wanted == slot) {
					waiters.remove();
					this.waiting = this.queue.size();
					slot.tenancyStart = System.nanoTime();
					waiter.granted = occupant;
					LockSupport.unpark(waiter.thread);
					wakeFirst();
					return true;
				}
			}
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

}
