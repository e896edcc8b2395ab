package io.pyboot.pool;

import java.lang.ref.Cleaner;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonContextLostException;
import io.pyboot.pool.ContextSlot.Occupant;
import io.pyboot.pool.ContextSlot.Target;
import org.jspecify.annotations.Nullable;

/**
 * The items of a Python iterator, which stays in its context and is run there by the
 * owner thread, only when items are asked for. To be closed; closing early closes the
 * Python generator, whose {@code finally} blocks run. One that is dropped without that is
 * closed when the garbage collector finds it.
 * <p>
 * To be read by one thread at a time; any thread may close it.
 * <p>
 * Items come in batches, which grow while they are filled quickly. Of what Python has run
 * beyond the item that was taken last, at most a window of items is here or on its way:
 * one batch is read while the next is made, each of half the window at most. The first
 * item comes alone, and nothing is made ahead before a second one is asked for.
 */
public final class PythonStream implements Iterator<@Nullable Object>, AutoCloseable {

	/**
	 * The window where none is asked for.
	 */
	public static final int DEFAULT_WINDOW = 256;

	private static final Cleaner CLEANER = Cleaner.create((task) -> {
		Thread thread = new Thread(task, "pyboot-streams");
		thread.setDaemon(true);
		return thread;
	});

	private static final AtomicLong NUMBERS = new AtomicLong();

	private final PythonPool pool;

	private final OwnerWay way;

	private final PythonRequest request;

	private final @Nullable Target wanted;

	private final long timeout;

	private final int largestBatch;

	private final boolean ahead;

	private final StreamLease lease;

	private final Cleaner.Cleanable cleanable;

	private List<?> batch = List.of();

	/** Of the item in the batch that is taken next. */
	private int index;

	private boolean mayHaveMore = true;

	private int nextSize = 1;

	/** The batch that is made while the present one is read. */
	private @Nullable PendingRequest prefetched;

	PythonStream(PythonPool pool, OwnerWay way, PythonRequest request, @Nullable Target wanted, long timeout,
			int window) {
		if (window < 1) {
			throw new IllegalArgumentException("The window of a stream must be at least 1 but is " + window);
		}
		this.pool = pool;
		this.way = way;
		this.request = request;
		this.wanted = wanted;
		this.timeout = timeout;
		this.largestBatch = Math.max(1, window / 2);
		this.ahead = window > 1;
		this.lease = new StreamLease(pool.name(), way, NUMBERS.incrementAndGet(), request, timeout);
		this.cleanable = CLEANER.register(this, this.lease::abandon);
	}

	/**
	 * Whether there is another item; waits for Python if that is not known. {@code false}
	 * after an error and once the stream is closed.
	 * @throws io.pyboot.PythonCallException what the iterator raised, after the items
	 * before
	 * @throws io.pyboot.PythonConversionException if an item cannot cross, after the
	 * items before; the Python iterator is closed then
	 * @throws io.pyboot.PythonTimeoutException if the deadline of the wait has passed;
	 * the stream is closed then
	 * @throws PythonContextLostException if the context was replaced meanwhile
	 * @throws PythonCancelledException if the thread was interrupted; the stream is
	 * closed then
	 */
	@Override
	public boolean hasNext() {
		while (!this.lease.isClosed()) {
			if (this.index < this.batch.size()) {
				return true;
			}
			if (!this.mayHaveMore) {
				return false;
			}
			fetch();
		}
		return false;
	}

	/**
	 * The next item.
	 * @return the item as results are, {@code null} for {@code None}
	 * @throws NoSuchElementException if there is none
	 */
	@Override
	public @Nullable Object next() {
		if (!hasNext()) {
			throw new NoSuchElementException("The stream has no more items, or is closed");
		}
		return this.batch.get(this.index++);
	}

	private void fetch() {
		if (Drainer.isCurrent()) {
			throw new IllegalStateException("A stage that runs on the drainer of pool '" + this.pool.name()
					+ "' must not wait for a stream, whose items come through this very thread");
		}
		boolean completed = false;
		try {
			boolean first = this.lease.target() == null;
			if (first) {
				open();
			}
			PendingRequest made = (this.prefetched != null) ? this.prefetched : ask();
			this.prefetched = null;
			List<?> answer = (List<?>) await(made);
			this.batch = (List<?>) answer.get(0);
			this.index = 0;
			this.mayHaveMore = (Boolean) answer.get(1);
			this.nextSize = (this.batch.size() >= this.nextSize) ? Math.min(2 * this.nextSize, this.largestBatch)
					: Math.max(1, this.batch.size());
			if (this.ahead && !first && this.mayHaveMore) {
				this.prefetched = ask();
			}
			completed = true;
		}
		finally {
			if (!completed) {
				this.mayHaveMore = false;
				this.lease.abandon();
			}
			else if (!this.mayHaveMore) {
				this.lease.exhausted();
			}
		}
	}

	private void open() {
		PendingRequest opening = this.lease.opening(() -> this.way.submit(RequestWay.ASYNC,
				PythonRequest.openStream(this.lease.number(), this.request), 0, this.wanted, this.timeout));
		Occupant occupant = this.pool.occupantOf((Long) await(opening));
		if (occupant == null) {
			throw new PythonContextLostException(
					"The context of pool '" + this.pool.name() + "' that made the stream was replaced, and it is gone");
		}
		this.lease.opened(new Target(occupant.slot, occupant.context, "the iterator of the stream"));
	}

	private PendingRequest ask() {
		return this.lease.running(this.way.submit(RequestWay.ASYNC,
				PythonRequest.nextOfStream(this.lease.number(), this.nextSize, this.request), 0, this.lease.target(),
				this.timeout));
	}

	private Object await(PendingRequest future) {
		try {
			return Objects.requireNonNull(future.get());
		}
		catch (CancellationException ex) {
			throw new PythonCancelledException(
					"The stream of the " + this.request.describe() + " was closed while its next item was made", ex);
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			Thread.currentThread().interrupt();
			throw new PythonCancelledException("Interrupted while waiting for the " + future.request.describe(), ex);
		}
		catch (ExecutionException ex) {
			throw OwnerWay.rethrown(ex.getCause());
		}
	}

	/**
	 * Closes the Python iterator, unless all its items were taken. A step of it that runs
	 * is given a second to finish and is interrupted then. Returns when the
	 * {@code finally} blocks have run, or at the deadline of the stream's options; at
	 * once if the iterator's own code has called the Java code that closes it. A second
	 * call does nothing.
	 * @throws io.pyboot.PythonCallException what the {@code finally} blocks raised
	 */
	@Override
	public void close() {
		this.lease.close();
		this.cleanable.clean();
	}

}
