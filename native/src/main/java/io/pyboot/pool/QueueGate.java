package io.pyboot.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.binding.LibPyboot;

/**
 * Where submitters wait while the queues of a pool's contexts are full: one at a time, in
 * the order of their coming, tries again. The queues are freed by native threads that
 * call nobody, so the one at the head looks from time to time.
 * <p>
 * Invariant: {@link #waiting} counts the threads in here; while it is not 0, newcomers
 * come in here too and do not overtake.
 */
final class QueueGate {

	private static final long FIRST_PAUSE = 20_000;

	private static final long LONGEST_PAUSE = 1_000_000;

	private final ReentrantLock turn = new ReentrantLock(true);

	private final AtomicInteger waiting = new AtomicInteger();

	private final PoolOptions options;

	QueueGate(PoolOptions options) {
		this.options = options;
	}

	int waiting() {
		return this.waiting.get();
	}

	/**
	 * Calls the attempt until it gives something else than {@link LibPyboot#FULL}.
	 * @param until as {@link System#nanoTime()}
	 * @throws PythonOverloadedException if it stays full until then, or too many wait
	 */
	long retry(long until, LongSupplier attempt) {
		if (this.waiting.incrementAndGet() > this.options.maxWaiting()) {
			this.waiting.decrementAndGet();
			throw new PythonOverloadedException("The queues of pool '" + this.options.name() + "' are full and already "
					+ this.options.maxWaiting() + " callers wait (queue-capacity, max-waiting)");
		}
		try {
			if (!this.turn.tryLock(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS)) {
				throw full();
			}
			try {
				return poll(until, attempt);
			}
			finally {
				this.turn.unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PythonCancelledException(
					"Interrupted while waiting for a place in a queue of pool '" + this.options.name() + "'", ex);
		}
		finally {
			this.waiting.decrementAndGet();
		}
	}

	private long poll(long until, LongSupplier attempt) throws InterruptedException {
		long pause = FIRST_PAUSE;
		long result;
		while ((result = attempt.getAsLong()) == LibPyboot.FULL) {
			if (System.nanoTime() - until >= 0) {
				throw full();
			}
			LockSupport.parkNanos(this, pause);
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			pause = Math.min(pause * 2, LONGEST_PAUSE);
		}
		return result;
	}

	private PythonOverloadedException full() {
		return new PythonOverloadedException("The queues of pool '" + this.options.name() + "' stayed full for "
				+ this.options.maxWait().toMillis() + " ms (queue-capacity, max-wait)");
	}

}
