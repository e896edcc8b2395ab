package io.pyboot.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.pyboot.PythonContextLostException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.pool.ContextSlot.Target;
import io.pyboot.pool.PendingRequest.Placement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one stream holds in its context, and how it is given back. Knows nothing of the
 * {@link PythonStream}, so that one that nobody closes can be collected.
 * <p>
 * Invariant: {@link #gone} is set once, by whoever gives the iterator back, or when it is
 * known to have gone.
 */
final class StreamLease {

	private static final Logger logger = LoggerFactory.getLogger(StreamLease.class);

	/** How long a step may go on after the stream was closed. */
	private static final long GRACE_MILLIS = 1000;

	private final String pool;

	private final OwnerWay way;

	private final long number;

	private final PythonRequest request;

	private final long timeout;

	private final AtomicBoolean gone = new AtomicBoolean();

	/** It was closed before its end; no more items are given out. */
	private volatile boolean closed;

	/** The request that makes the iterator, from its submission. */
	private volatile @Nullable PendingRequest opening;

	/** The context that has the iterator. */
	private volatile @Nullable Target target;

	/** The request for items that was made last. */
	private volatile @Nullable PendingRequest running;

	StreamLease(String pool, OwnerWay way, long number, PythonRequest request, long timeout) {
		this.pool = pool;
		this.way = way;
		this.number = number;
		this.request = request;
		this.timeout = timeout;
	}

	long number() {
		return this.number;
	}

	boolean isClosed() {
		return this.closed;
	}

	@Nullable Target target() {
		return this.target;
	}

	PendingRequest opening(Supplier<PendingRequest> submission) {
		PendingRequest opening = submission.get();
		this.opening = opening;
		this.running = opening;
		if (isClosed()) { // meanwhile, by another thread, which did not see it
			giveBack();
		}
		return opening;
	}

	void opened(Target target) {
		this.target = target;
	}

	PendingRequest running(PendingRequest request) {
		this.running = request;
		return request;
	}

	/** The iterator has come to its end. */
	void exhausted() {
		this.gone.set(true);
		endExports();
	}

	/** The Java iterators that the request passed have served. */
	private void endExports() {
		PendingRequest opening = this.opening;
		if (opening != null) {
			opening.endExports();
		}
	}

	/** Closes the iterator without waiting for that. Never throws. */
	void abandon() {
		this.closed = true;
		if (this.gone.compareAndSet(false, true)) {
			CompletableFuture<?> closing = giveBack();
			if (closing != null) {
				closing.whenComplete((value, failure) -> {
					if (failure != null && !isGone(failure)) {
						logger.warn("The stream of the {} in pool '{}' could not be closed", this.request.describe(),
								this.pool, failure);
					}
				});
			}
		}
	}

	/** Closes the iterator and waits for that. */
	void close() {
		this.closed = true;
		if (!this.gone.compareAndSet(false, true)) {
			return;
		}
		CompletableFuture<?> closing = giveBack();
		if (closing == null || Drainer.isCurrent()) {
			return;
		}
		try {
			await(closing);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			if (!isGone(ex.getCause())) {
				throw OwnerWay.rethrown(ex.getCause());
			}
		}
	}

	private void await(CompletableFuture<?> closing) throws InterruptedException, ExecutionException {
		try {
			closing.get(GRACE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			PendingRequest running = this.running;
			if (running != null) {
				running.cancel(true);
			}
			closing.get();
		}
	}

	/**
	 * Asks the context to close the iterator. If it is not known whether it was made, the
	 * request stands behind the one that makes it.
	 */
	private @Nullable CompletableFuture<?> giveBack() {
		Target target = this.target;
		PendingRequest opening = this.opening;
		if (target == null && opening != null) {
			Placement placement = opening.placement();
			target = (placement != null)
					? new Target(placement.occupant().slot, placement.context(), "the iterator of the stream") : null;
		}
		if (target == null) {
			endExports();
			return null;
		}
		return this.way.submit(RequestWay.ASYNC, PythonRequest.closeStream(this.number), 0, target, this.timeout)
			.whenComplete((value, failure) -> endExports());
	}

	/** Whether the iterator has gone with its context. */
	private static boolean isGone(@Nullable Throwable failure) {
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		return cause instanceof PythonContextLostException || cause instanceof PythonNotRunningException;
	}

}
