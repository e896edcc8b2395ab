package io.pyboot.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.PythonRequest;
import io.pyboot.pool.RequestOptions;
import io.pyboot.pool.ResultForm;
import org.jspecify.annotations.Nullable;

/**
 * One function called with many lists of arguments at once. Only so many requests are
 * with the pool at a time that every context is busy and none of its queues runs full;
 * the next is submitted when one completes, so that uneven calls spread evenly.
 */
final class ParallelCalls {

	private static final int REQUESTS_PER_CONTEXT = 16;

	private final PythonPool pool;

	private final String function;

	private final RequestOptions options;

	private final ResultForm form;

	private final int limit;

	private final @Nullable Duration timeout;

	private final long start = System.nanoTime();

	private final List<CompletableFuture<@Nullable Object>> futures = new ArrayList<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private int pending;

	private @Nullable Throwable failure;

	ParallelCalls(PythonPool pool, String function, RequestOptions options) {
		this(pool, function, options, Object.class);
	}

	ParallelCalls(PythonPool pool, String function, RequestOptions options, Class<?> resultType) {
		this.form = ResultForm.of(resultType);
		this.pool = pool;
		this.function = function;
		this.options = options;
		this.timeout = options.timeout();
		this.limit = pool.options().size() * Math.min(REQUESTS_PER_CONTEXT, pool.options().queueCapacity() / 2);
	}

	/**
	 * Makes all calls and waits for them. If one fails, the deadline passes or the thread
	 * is interrupted, the others are cancelled.
	 * @return the results in the order of the argument lists
	 */
	List<@Nullable Object> run(Collection<? extends List<? extends @Nullable Object>> argumentLists) {
		boolean done = false;
		try {
			for (List<? extends @Nullable Object> arguments : argumentLists) {
				awaitFewerThan(this.limit);
				submit(arguments);
			}
			awaitFewerThan(1);
			done = true;
		}
		finally {
			if (!done) {
				this.futures.forEach((future) -> future.cancel(true));
			}
		}
		List<@Nullable Object> results = new ArrayList<>(this.futures.size());
		this.futures.forEach((future) -> results.add(future.getNow(null)));
		return results;
	}

	private void submit(List<? extends @Nullable Object> arguments) {
		PythonRequest request = PythonRequest.call(this.function, arguments.toArray(), Map.of()).returning(this.form);
		RequestOptions options = (this.timeout != null) ? this.options.withTimeout(remaining(this.timeout))
				: this.options;
		CompletableFuture<@Nullable Object> future = this.pool.submit(request, options);
		this.futures.add(future);
		change(1, null);
		future.whenComplete((value, failure) -> change(-1, failure));
	}

	private Duration remaining(Duration timeout) {
		Duration remaining = timeout.minusNanos(System.nanoTime() - this.start);
		if (remaining.isNegative() || remaining.isZero()) {
			throw new PythonTimeoutException("%d calls of %s were submitted within %s, and more were to come"
				.formatted(this.futures.size(), this.function, timeout));
		}
		return remaining;
	}

	private void change(int by, @Nullable Throwable failure) {
		this.lock.lock();
		try {
			this.pending += by;
			if (this.failure == null) {
				this.failure = failure;
			}
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitFewerThan(int limit) {
		this.lock.lock();
		try {
			while (this.failure == null && this.pending >= limit) {
				this.changed.await();
			}
			rethrow(this.failure);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PythonCancelledException(
					"The thread that waited for calls of " + this.function + " was interrupted", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void rethrow(@Nullable Throwable failure) {
		if (failure == null) {
			return;
		}
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure instanceof Error ex) {
			throw ex;
		}
		throw new IllegalStateException("A call of " + this.function + " failed", failure);
	}

}
