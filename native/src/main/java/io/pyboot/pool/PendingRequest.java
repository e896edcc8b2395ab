package io.pyboot.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.Exports;
import io.pyboot.codec.LentViews;
import io.pyboot.context.PythonContext;
import io.pyboot.pool.ContextSlot.Occupant;
import io.pyboot.pool.ContextSlot.Target;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on the owner's way whose answer goes to a future.
 * <p>
 * Invariant: {@link #settled} is set once, by whoever ends the request: the drainer with
 * the answer, the deadline, a cancel, or a user who completes the future. That one counts
 * the outcome; if it was not the drainer, it also gives the request up natively. Answers
 * that come later find nobody.
 */
final class PendingRequest extends CompletableFuture<@Nullable Object> {

	private static final Logger logger = LoggerFactory.getLogger(PendingRequest.class);

	private final OwnerWay way;

	final PythonRequest request;

	final long session;

	final @Nullable Target wanted;

	final long id;

	final long deadline;

	/** Runs the callbacks of the request. */
	final Executor callbacks;

	private final long began = System.nanoTime();

	private final AtomicBoolean settled = new AtomicBoolean();

	/**
	 * Where the request was placed last; written before the future is handed out, or by a
	 * resubmission.
	 */
	private volatile @Nullable Placement placement;

	private volatile @Nullable Future<?> timer;

	/** What ends with the request. Written by whoever places it. */
	private volatile @Nullable Exports exports;

	/** Whoever takes it out closes it. */
	private final AtomicReference<@Nullable LentViews> views = new AtomicReference<>();

	/**
	 * @param deadline as {@link System#nanoTime()}, or 0 for none
	 * @param callbacks runs the callbacks of the request
	 */
	PendingRequest(OwnerWay way, PythonRequest request, long session, @Nullable Target wanted, long id, long deadline,
			Executor callbacks) {
		this.way = way;
		this.request = request;
		this.session = session;
		this.wanted = wanted;
		this.id = id;
		this.deadline = deadline;
		this.callbacks = callbacks;
	}

	/** Nobody asks for the answer, so a failure is logged. */
	void logFailure(String pool) {
		whenComplete((value, failure) -> {
			if (failure != null) {
				logger.warn("A cast of pool '{}' failed", pool, failure);
			}
		});
	}

	/** A request in the queue of a context. */
	record Placement(Occupant occupant, long ticket) {

		PythonContext context() {
			return this.occupant.context;
		}

		boolean isQueued() {
			return context().isQueued(this.ticket);
		}

	}

	@Nullable Placement placement() {
		return this.placement;
	}

	/** What its message lets Python reach. */
	void exports(@Nullable Exports exports) {
		this.exports = Exports.join(this.exports, exports);
		if (this.settled.get() && !isStream()) {
			endExports();
		}
	}

	/** Whether it makes a stream, which goes on after the request. */
	private boolean isStream() {
		return this.request instanceof PythonRequest.OpenStream;
	}

	/** What its message let Python reach is over. A second call does nothing. */
	void endExports() {
		Exports exports = this.exports;
		if (exports != null) {
			exports.end();
		}
	}

	/**
	 * Closes the views when the request has ended.
	 * @param views what its message lends, or {@code null}
	 */
	void lends(@Nullable LentViews views) {
		LentViews former = (views != null) ? this.views.getAndSet(views) : null;
		if (former != null) {
			former.close(); // of a context that did not run the request
		}
		if (views != null && this.settled.get()) {
			closeViews();
		}
	}

	private void closeViews() {
		LentViews views = this.views.getAndSet(null);
		if (views != null) {
			views.close();
		}
	}

	/** The request is in a queue; if it was given up before, it is taken out again. */
	void placed(Placement placement) {
		this.placement = placement;
		if (this.settled.get()) {
			withdraw(placement);
		}
	}

	void timer(Future<?> timer) {
		this.timer = timer;
		if (isDone()) {
			timer.cancel(false);
		}
	}

	boolean isSettled() {
		return this.settled.get();
	}

	private boolean settle(RequestOutcome outcome) {
		if (!this.settled.compareAndSet(false, true)) {
			return false;
		}
		closeViews();
		this.way.ended(this, outcome, this.began);
		if (outcome != RequestOutcome.COMPLETED || !isStream()) { // else StreamLease does
			endExports();
		}
		Future<?> timer = this.timer;
		if (timer != null) {
			timer.cancel(false);
		}
		return true;
	}

	void succeed(@Nullable Object value) {
		if (settle(RequestOutcome.COMPLETED)) {
			super.complete(value);
		}
	}

	void fail(Throwable failure) {
		if (settle(RequestOutcome.of(failure))) {
			super.completeExceptionally(failure);
		}
	}

	/** The deadline has passed. */
	void expire() {
		giveUp(new PythonTimeoutException("The " + this.request.describe() + " did not finish within its deadline"));
	}

	/**
	 * The request is taken back before anybody hears of it: what was queued never runs
	 * then.
	 */
	void giveUp(PythonException reason) {
		if (settle(RequestOutcome.of(reason))) {
			withdraw(this.placement);
			super.completeExceptionally(reason);
		}
	}

	/** Drops the request if it is queued, interrupts it if it runs. */
	private void withdraw(@Nullable Placement placement) {
		if (placement != null && placement.context().cancel(placement.ticket()) == LibPyboot.CANCEL_ABANDONED) {
			placement.context().interrupt(this.id);
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		if (settle(RequestOutcome.CANCELLED)) {
			withdraw(this.placement);
			super.cancel(mayInterruptIfRunning);
		}
		return isCancelled();
	}

	@Override
	public boolean complete(@Nullable Object value) {
		return giveUp() && super.complete(value);
	}

	@Override
	public boolean completeExceptionally(Throwable ex) {
		return giveUp() && super.completeExceptionally(ex);
	}

	/** Somebody else completes the future, so nobody waits for the request any more. */
	private boolean giveUp() {
		boolean first = settle(RequestOutcome.CANCELLED);
		if (first) {
			withdraw(this.placement);
		}
		return first;
	}

	/** Interrupts or drops the request at shutdown. */
	void abort(String why) {
		giveUp(new PythonCancelledException("The " + this.request.describe() + " was given up: " + why));
	}

}
