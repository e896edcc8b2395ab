package io.pyboot.pool;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.Exports;
import io.pyboot.codec.Journeys;
import io.pyboot.codec.LentViews;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireEncoder;
import io.pyboot.context.PythonContext;
import io.pyboot.context.ReplyReader;
import io.pyboot.context.RequestNotRunException;
import io.pyboot.pool.ContextSlot.Occupant;
import io.pyboot.pool.ContextSlot.Target;
import io.pyboot.pool.PendingRequest.Placement;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the owner threads of the contexts, so that the caller can always be
 * let go: at its deadline, when its thread is interrupted, or at once.
 */
final class OwnerWay {

	/** How long a thread sleeps in native code before it looks at its interrupt flag. */
	private static final long SLICE = 50_000_000;

	/** Marks the ids of casts, whose failures come to the drainer without a future. */
	static final long CAST_MARK = 1L << 62;

	/**
	 * Runs what must not run on a drainer or on the thread of the deadlines: users'
	 * stages, and waits.
	 */
	static final Executor EXECUTOR = ForkJoinPool.commonPool();

	private final PythonPool pool;

	private final ContextSlot[] slots;

	private final QueueGate gate;

	private final ScheduledExecutorService deadlines;

	/**
	 * Requests whose answer goes to a future, by id, from their submission to their end.
	 */
	private final ConcurrentHashMap<Long, PendingRequest> pending = new ConcurrentHashMap<>();

	/** Where the search for a context begins; spreads equal choices. Wraps. */
	private final AtomicInteger rotation = new AtomicInteger();

	OwnerWay(PythonPool pool, ContextSlot[] slots, QueueGate gate, ScheduledExecutorService deadlines) {
		this.pool = pool;
		this.slots = slots;
		this.gate = gate;
		this.deadlines = deadlines;
	}

	// ---- placing ----

	/**
	 * The context whose owner waits for the code that makes the request, if the request
	 * may run there: else it could wait for the very owner that waits for it.
	 */
	private @Nullable Occupant inside(@Nullable Target wanted) {
		Tenant tenant = this.pool.tenant();
		Occupant inside = tenant.ownerWaits ? tenant.inside : null;
		return (inside != null && (wanted == null || wanted.slot() == inside.slot)) ? inside : null;
	}

	private ContextSlot choose(@Nullable Target wanted) {
		if (wanted != null) {
			return wanted.slot();
		}
		int start = this.rotation.getAndIncrement();
		ContextSlot best = this.slots[Math.floorMod(start, this.slots.length)];
		if (this.slots.length == 1) {
			return best;
		}
		int least = Integer.MAX_VALUE;
		for (int i = 0; i < this.slots.length; i++) {
			ContextSlot slot = this.slots[Math.floorMod(start + i, this.slots.length)];
			Occupant occupant = slot.occupant();
			int depth = occupant.context.queueLength();
			int load = (depth < 0) ? Integer.MAX_VALUE - 1 : depth + occupant.leases();
			if (load == 0) {
				return slot;
			}
			if (load < least) {
				least = load;
				best = slot;
			}
		}
		return best;
	}

	/**
	 * Puts the request in the buffer into a queue; waits for a place if the queues are
	 * full, except on a drainer, which is the one that empties them.
	 */
	private Placement place(int kind, WireBuffer buffer, WireEncoder encoder, long id, @Nullable Target wanted,
			long deadline) {
		int length = encoder.length();
		Placement placement = null;
		try {
			placement = placeRouted(kind, buffer, length, id, KeptObject.route(this.pool, wanted, encoder.home()),
					deadline);
			return placement;
		}
		finally {
			if (placement == null) { // libpyboot did not take what the request holds
				Journeys.drop(buffer, length);
			}
		}
	}

	private Placement placeRouted(int kind, WireBuffer buffer, int length, long id, @Nullable Target wanted,
			long deadline) {
		Occupant inside = inside(wanted);
		if (inside != null) {
			this.pool.requireAccepted(wanted, inside.context);
			long ticket = inside.context.submit(kind | LibPyboot.NESTED, buffer, length, id);
			if (ticket >= 0) {
				return new Placement(inside, ticket);
			}
			if (ticket == LibPyboot.STALE) {
				this.pool.requireReplaced(inside);
			}
		}
		QueueGate gate = (wanted != null) ? wanted.slot().gate : this.gate;
		Placement[] placed = new Placement[1];
		long result = (gate.waiting() > 0) ? LibPyboot.FULL : attempt(kind, buffer, length, id, wanted, placed);
		if (result == LibPyboot.FULL) {
			if (Drainer.isCurrent()) {
				throw new QueueFullException(this.pool.name());
			}
			long until = System.nanoTime() + this.pool.options().maxWait().toNanos();
			if (deadline != 0 && deadline - until < 0) {
				until = deadline;
			}
			gate.retry(until, () -> attempt(kind, buffer, length, id, wanted, placed));
		}
		return placed[0];
	}

	/** There is no place now, and the thread must not wait for one. */
	private static final class QueueFullException extends PythonOverloadedException {

		private static final long serialVersionUID = 1L;

		QueueFullException(String pool) {
			super("The queues of pool '" + pool
					+ "' are full, and a stage that runs on the pool's drainer must not wait" + " (queue-capacity)");
		}

	}

	private long attempt(int kind, WireBuffer buffer, int length, long id, @Nullable Target wanted,
			Placement[] placed) {
		while (true) {
			Occupant occupant = choose(wanted).occupant();
			this.pool.requireAccepted(wanted, occupant.context);
			long ticket = occupant.context.submit(kind, buffer, length, id);
			if (ticket >= 0) {
				placed[0] = new Placement(occupant, ticket);
				return ticket;
			}
			if (ticket == LibPyboot.FULL) {
				this.pool.requireAccepting(this.pool.tenant());
				return ticket;
			}
			if (ticket == LibPyboot.NO_MEMORY) {
				throw new PythonContextLostException("No native memory was left for the request");
			}
			this.pool.requireReplaced(occupant);
		}
	}

	// ---- a platform thread that waits ----

	/**
	 * Runs a request and waits for its answer on the futex of its slot.
	 * @param timeout in nanoseconds, 0 for none
	 */
	@Nullable Object invoke(PythonRequest request, long session, @Nullable Target wanted, long timeout) {
		RequestKind kind = request.kind();
		this.pool.requestCounters().submitted(RequestWay.OWNER, kind);
		long began = System.nanoTime();
		long deadline = deadline(began, timeout);
		WireBuffer buffer = WireBuffer.acquire();
		Exports exports = null;
		try {
			this.pool.requireAccepting(this.pool.tenant());
			Object result = null;
			boolean done = false;
			while (!done) {
				long id = buffer.nextRequestId();
				WireEncoder encoder = this.pool.write(request, session, buffer);
				exports = Exports.join(exports, encoder.exports());
				Placement placement = placeInTime(request, LibPyboot.KIND_SYNC, buffer, encoder, id, wanted, deadline);
				placement.occupant().outstanding.incrementAndGet();
				try {
					long length = await(request, placement, buffer, id, deadline);
					this.pool.requestCounters().decoded(Math.max(0, length));
					result = ReplyReader.read(buffer, length);
					done = true;
				}
				catch (RequestNotRunException ex) {
					this.pool.requireReplaced(placement.occupant()); // another context
																		// runs it
				}
				finally {
					placement.occupant().outstanding.decrementAndGet();
				}
			}
			this.pool.ended(kind, RequestOutcome.COMPLETED, began);
			return result;
		}
		catch (Throwable ex) {
			this.pool.ended(kind, RequestOutcome.of(ex), began);
			throw ex;
		}
		finally {
			if (exports != null) {
				exports.end();
			}
			buffer.release();
		}
	}

	/** A wait for a place that the deadline ends is a timeout. */
	private Placement placeInTime(PythonRequest request, int kind, WireBuffer buffer, WireEncoder encoder, long id,
			@Nullable Target wanted, long deadline) {
		try {
			return place(kind, buffer, encoder, id, wanted, deadline);
		}
		catch (PythonOverloadedException ex) {
			if (deadline != 0 && System.nanoTime() - deadline >= 0) {
				throw timeout(request);
			}
			throw ex;
		}
	}

	static long deadline(long began, long timeout) {
		if (timeout == 0) {
			return 0;
		}
		long deadline = began + timeout;
		return (deadline != 0) ? deadline : 1;
	}

	private static PythonTimeoutException timeout(PythonRequest request) {
		return new PythonTimeoutException("The " + request.describe() + " did not finish within its deadline");
	}

	/**
	 * Waits for the answer; gives the request up at the deadline, at max-wait while
	 * queued, or when interrupted.
	 */
	private long await(PythonRequest request, Placement placement, WireBuffer buffer, long id, long deadline) {
		PythonContext context = placement.context();
		long startBy = System.nanoTime() + this.pool.options().maxWait().toNanos();
		while (true) {
			long slice = SLICE;
			if (deadline != 0) {
				slice = Math.max(0, Math.min(slice, deadline - System.nanoTime()));
			}
			long result = context.await(placement.ticket(), buffer, slice);
			if (result == LibPyboot.CALLBACK) {
				this.pool.callbacks().serveWaiting(placement.occupant(), buffer);
				continue;
			}
			if (result != LibPyboot.PENDING) {
				return result;
			}
			PythonException reason = null;
			if (Thread.currentThread().isInterrupted()) {
				reason = new PythonCancelledException("Interrupted while waiting for the " + request.describe());
			}
			else if (this.pool.isAborting()) {
				reason = new PythonCancelledException("The " + request.describe() + " was given up: the pool stops");
			}
			else if (deadline != 0 && System.nanoTime() - deadline >= 0) {
				reason = timeout(request);
			}
			else if (System.nanoTime() - startBy >= 0) {
				startBy = Long.MAX_VALUE / 2 + System.nanoTime();
				if (placement.isQueued()) {
					reason = new PythonOverloadedException(
							"No context of pool '" + this.pool.name() + "' began the " + request.describe() + " within "
									+ this.pool.options().maxWait().toMillis() + " ms (max-wait)");
				}
			}
			if (reason != null && giveUp(placement, id)) {
				throw reason;
			}
		}
	}

	/** Whether the request was given up in time; if not, its answer is there. */
	private static boolean giveUp(Placement placement, long id) {
		int result = placement.context().cancel(placement.ticket());
		if (result == LibPyboot.CANCEL_ABANDONED) {
			placement.context().interrupt(id);
		}
		return result != LibPyboot.CANCEL_TOO_LATE;
	}

	// ---- a virtual thread that waits ----

	/**
	 * Runs a request for a virtual thread, which is parked meanwhile and never pins its
	 * carrier.
	 */
	@Nullable Object invokeParked(PythonRequest request, long session, @Nullable Target wanted, long timeout) {
		CallbackInbox inbox = new CallbackInbox();
		PendingRequest future = submit(RequestWay.OWNER, request, session, wanted, timeout, inbox);
		inbox.closeWith(future);
		try {
			if (!inbox.serve(this.pool.options().maxWait())) {
				Placement placement = future.placement();
				if (placement != null && placement.isQueued()) {
					future.giveUp(new PythonOverloadedException(
							"No context of pool '" + this.pool.name() + "' began the " + request.describe() + " within "
									+ this.pool.options().maxWait().toMillis() + " ms (max-wait)"));
				}
				inbox.serve(null);
			}
			return future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			Thread.currentThread().interrupt();
			throw new PythonCancelledException("Interrupted while waiting for the " + request.describe(), ex);
		}
		catch (ExecutionException ex) {
			throw rethrown(ex.getCause());
		}
	}

	static RuntimeException rethrown(@Nullable Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException exception) {
			return exception;
		}
		return new IllegalStateException(failure);
	}

	// ---- futures and casts ----

	/**
	 * Submits a request for a future. Never throws: what refuses the request is in the
	 * future.
	 * @param timeout in nanoseconds, 0 for none
	 */
	PendingRequest submit(RequestWay way, PythonRequest request, long session, @Nullable Target wanted, long timeout) {
		return submit(way, request, session, wanted, timeout, this.pool.callbacks().capture());
	}

	private PendingRequest submit(RequestWay way, PythonRequest request, long session, @Nullable Target wanted,
			long timeout, Executor callbacks) {
		this.pool.requestCounters().submitted(way, request.kind());
		WireBuffer buffer = VirtualThreads.isCurrent() ? WireBuffer.acquireShared() : WireBuffer.acquire();
		PendingRequest future = new PendingRequest(this, request, session, wanted, buffer.nextRequestId(),
				(timeout != 0) ? deadline(System.nanoTime(), timeout) : 0, callbacks);
		try {
			this.pool.requireAccepting(this.pool.tenant());
			this.pending.put(future.id, future); // before it is placed: the answer may
													// come at once
			place(future, buffer);
			if (timeout != 0) {
				future.timer(this.deadlines.schedule(() -> EXECUTOR.execute(future::expire),
						future.deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
			}
		}
		catch (QueueFullException ex) {
			EXECUTOR.execute(() -> resubmit(future));
		}
		catch (Throwable ex) {
			future.fail(ex);
		}
		finally {
			buffer.release();
		}
		return future;
	}

	private void place(PendingRequest future, WireBuffer buffer) {
		WireEncoder encoder = this.pool.write(future.request, future.session, buffer);
		future.exports(encoder.exports());
		future.lends(buffer.takeViews());
		future.placed(placeInTime(future.request, LibPyboot.KIND_ASYNC, buffer, encoder, future.id, future.wanted,
				future.deadline));
	}

	void cast(PythonRequest request, long session, @Nullable Target wanted) {
		Executor callbacks = this.pool.callbacks().capture();
		if (this.pool.callbacks().isCapturing(callbacks)) {
			// Its callbacks need the executor, so it is kept as a future is.
			submit(RequestWay.CAST, request, session, wanted, 0, callbacks).logFailure(this.pool.name());
			return;
		}
		this.pool.requestCounters().submitted(RequestWay.CAST, request.kind());
		long began = System.nanoTime();
		WireBuffer buffer = VirtualThreads.isCurrent() ? WireBuffer.acquireShared() : WireBuffer.acquire();
		WireEncoder encoder = null;
		try {
			this.pool.requireAccepting(this.pool.tenant());
			// Nobody is told of its end: its iterators stay until Python lets go of them.
			encoder = this.pool.write(request, session, buffer);
			LentViews views = buffer.takeViews();
			if (views != null) {
				views.close();
				Journeys.drop(buffer, encoder.length());
				throw new PythonConversionException(
						"A PythonView cannot be an argument of a cast, whose end nobody is told of: call it, or pass the ByteBuffer");
			}
			place(LibPyboot.KIND_CAST, buffer, encoder, buffer.nextRequestId() | CAST_MARK, wanted, 0);
		}
		catch (Throwable ex) {
			if (encoder != null) {
				encoder.endExports();
			}
			this.pool.ended(request.kind(), RequestOutcome.of(ex), began);
			throw ex;
		}
		finally {
			buffer.release();
		}
	}

	/** A future has ended, however. */
	void ended(PendingRequest future, RequestOutcome outcome, long began) {
		this.pending.remove(future.id);
		this.pool.ended(future.request.kind(), outcome, began);
	}

	/** The drainer has an answer. */
	@Nullable PendingRequest answered(long id) {
		return this.pending.get(id);
	}

	/**
	 * The context ended before the request's turn: another one gets it. Runs on any
	 * thread that may block.
	 */
	void resubmit(PendingRequest future) {
		WireBuffer buffer = WireBuffer.acquireShared();
		try {
			this.pool.requireRunning();
			if (!future.isSettled()) {
				place(future, buffer);
			}
		}
		catch (Throwable ex) {
			future.fail(ex);
		}
		finally {
			buffer.release();
		}
	}

	/** Gives up everything that waits or runs for a future. */
	void abortAll(String why) {
		this.pending.values().forEach((future) -> future.abort(why));
	}

	static long nanos(@Nullable Duration timeout) {
		return (timeout != null) ? timeout.toNanos() : 0;
	}

}
