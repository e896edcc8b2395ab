package io.pyboot.pool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.pyboot.PythonContextLostException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.context.PythonContext;
import org.jspecify.annotations.Nullable;

/**
 * A namespace of its own in one context. What it binds persists between its requests, is
 * invisible to others and is dropped when it is closed or when the context ends.
 * Thread-safe.
 */
public final class PythonSession implements AutoCloseable {

	private static final AtomicLong NUMBERS = new AtomicLong();

	private final PythonPool pool;

	private final ContextSlot slot;

	private final PythonContext context;

	private final long number = NUMBERS.incrementAndGet();

	private final AtomicBoolean closed = new AtomicBoolean();

	PythonSession(PythonPool pool, ContextSlot slot) {
		this.pool = pool;
		this.slot = slot;
		this.context = slot.context();
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
		if (!this.slot.context().equals(this.context)) {
			throw new PythonContextLostException("Context " + this.slot.index + " of pool '" + this.pool.name()
					+ "' was replaced, and the variables of the session with it");
		}
		return this.pool.invoke(request, this.number, this.slot, options);
	}

	/**
	 * Drops the namespace. A second call does nothing.
	 */
	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true) && this.slot.context().equals(this.context)) {
			run(PythonRequest.endSession(), RequestOptions.NONE);
		}
	}

}
