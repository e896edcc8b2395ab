package io.pyboot.pool;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.pyboot.PythonContextLostException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.pool.ContextSlot.Target;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A namespace of its own in one context. What it binds persists between its requests, is
 * invisible to others and is dropped when it is closed, when it is no longer reachable,
 * or when the context ends. Thread-safe.
 */
public final class PythonSession implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(PythonSession.class);

	private static final AtomicLong NUMBERS = new AtomicLong();

	private static final Cleaner CLEANER = Cleaner.create((task) -> {
		Thread thread = new Thread(task, "pyboot-sessions");
		thread.setDaemon(true);
		return thread;
	});

	private final PythonPool pool;

	/** The context in its place; no other has the namespace. */
	private final Target target;

	private final long number = NUMBERS.incrementAndGet();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Cleaner.Cleanable end;

	PythonSession(PythonPool pool, ContextSlot slot) {
		this.pool = pool;
		this.target = new Target(slot, slot.context(), "the variables of the session");
		this.end = CLEANER.register(this, new SessionEnd(pool, this.target, this.number, this.closed));
	}

	/**
	 * Runs a request in the session's namespace.
	 * @param request a call names a function of the session then: {@code name} or
	 * {@code module.name}
	 * @param options the timeout counts; the context is the session's
	 * @throws PythonContextLostException if the context was replaced since
	 */
	public @Nullable Object invoke(PythonRequest request, RequestOptions options) {
		if (this.closed.get()) {
			throw new PythonNotRunningException("The session is closed");
		}
		return run(request, options);
	}

	private @Nullable Object run(PythonRequest request, RequestOptions options) {
		try {
			return this.pool.invoke(request, this.number, this.target, options);
		}
		finally { // the namespace must not be dropped under the request
			Reference.reachabilityFence(this);
		}
	}

	/**
	 * Drops the namespace; it has gone already if the context was replaced or the pool
	 * has stopped. A second call does nothing.
	 */
	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			try {
				run(PythonRequest.endSession(), RequestOptions.NONE);
			}
			catch (PythonContextLostException | PythonNotRunningException ex) {
				logger.debug("A session of pool '{}' ended with its context", this.pool.name());
			}
			finally {
				this.end.clean(); // nothing is left to do for it
			}
		}
	}

}
