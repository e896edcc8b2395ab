package io.pyboot.iterator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.pyboot.codec.WireEncoder;
import io.pyboot.codec.WireWritable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Java iterator that Python pulls.
 * <p>
 * Invariant: whoever moved the state from IDLE to PULLING is the only one that touches
 * the iterator and what was left of the last pull. Whoever moves it to ENDED from IDLE,
 * or finds ENDED when a pull is over, runs {@link #onEnd}; so that runs once, and never
 * beside a pull.
 */
final class ExportedIterator {

	private static final Logger logger = LoggerFactory.getLogger(ExportedIterator.class);

	private enum State {

		IDLE, PULLING, ENDED

	}

	private final long number;

	private final Iterator<?> iterator;

	private final Runnable onEnd;

	private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

	/** Requests that passed it and have not ended. */
	private final AtomicInteger requests = new AtomicInteger();

	/**
	 * Taken from the iterator but not delivered; replaced as a whole, so that the thread
	 * of the next pull sees it.
	 */
	private volatile List<@Nullable Object> left = List.of();

	/** What the iterator threw after those. */
	private volatile @Nullable Throwable failure;

	private volatile boolean atEnd;

	ExportedIterator(long number, Iterator<?> iterator, Runnable onEnd) {
		this.number = number;
		this.iterator = iterator;
		this.onEnd = onEnd;
	}

	long number() {
		return this.number;
	}

	void passed() {
		this.requests.incrementAndGet();
	}

	void requestEnded() {
		if (this.requests.decrementAndGet() == 0) {
			end();
		}
	}

	/** No item is given out any more. */
	void end() {
		if (this.state.getAndSet(State.ENDED) == State.IDLE) {
			finish();
		}
	}

	private void finish() {
		try {
			this.onEnd.run();
		}
		catch (RuntimeException ex) {
			logger.warn("A stream that was passed to Python could not be closed", ex);
		}
	}

	/**
	 * Takes items.
	 * @param most how many at most
	 * @return the items and whether there may be more, as the Python side expects it;
	 * {@code null} if the iterator is not kept any more
	 * @throws Throwable what the iterator threw
	 */
	@Nullable Object take(int most) throws Throwable {
		if (!this.state.compareAndSet(State.IDLE, State.PULLING)) {
			if (this.state.get() == State.ENDED) {
				return null;
			}
			throw new IllegalStateException("The iterator is being pulled already");
		}
		try {
			List<@Nullable Object> items = new ArrayList<>(this.left);
			while (items.size() < most && !this.atEnd && this.failure == null) {
				takeOne(items);
			}
			this.left = items;
			Throwable failure = this.failure;
			if (items.isEmpty() && failure != null) {
				this.failure = null;
				throw failure;
			}
			return new Answer();
		}
		finally {
			if (!this.state.compareAndSet(State.PULLING, State.IDLE)) {
				finish();
			}
		}
	}

	private void takeOne(List<@Nullable Object> items) {
		try {
			if (this.iterator.hasNext()) {
				items.add(this.iterator.next());
			}
			else {
				this.atEnd = true;
			}
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	/**
	 * Writes the items up to one that cannot cross, which comes first in the next answer,
	 * and whether there may be more. It is written after the pull, by the thread that
	 * pulled; Python pulls again only when it has the answer.
	 */
	private final class Answer implements WireWritable {

		@Override
		public void writeTo(WireEncoder encoder) {
			ExportedIterator iterator = ExportedIterator.this;
			List<@Nullable Object> items = iterator.left;
			// This stays if the first one fails.
			iterator.left = items.isEmpty() ? items : items.subList(1, items.size());
			encoder.beginTuple(2);
			int written = encoder.writeSome(items);
			iterator.left = items.subList(written, items.size());
			boolean more = !(iterator.atEnd && iterator.left.isEmpty());
			encoder.write(more, "more");
			if (!more) {
				end();
			}
		}

	}

}
