package io.pyboot.pool;

import java.util.concurrent.atomic.AtomicBoolean;

import io.pyboot.pool.ContextSlot.Target;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session that nobody closed, once it is no longer reachable. Runs on a cleaner's
 * thread, so it waits for nothing. Refers to nothing that refers to the session.
 * <p>
 * Invariant: whoever sets {@link #closed} first ends the namespace.
 */
record SessionEnd(PythonPool pool, Target target, long number, AtomicBoolean closed) implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(SessionEnd.class);

	@Override
	public void run() {
		if (this.closed.compareAndSet(false, true)) {
			logger.debug("A session of pool '{}' was never closed; it is ended now", this.pool.name());
			OwnerWay.EXECUTOR.execute(() -> this.pool.forgetSession(this.number, this.target));
		}
	}

}
