package io.pyboot.channel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded first-in first-out queue that can be closed, gives several messages at once
 * and takes back what could not be delivered: what those of java.util.concurrent do not.
 * <p>
 * Invariant: everything is guarded by {@link #lock}, under which nothing of the user's
 * runs. Whoever adds a message wakes one receiver, whoever takes some wakes as many
 * senders, and the close wakes all.
 *
 * @param <E> type of the messages, none of which is {@code null}
 */
final class MessageQueue<E> {

	private final int capacity;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition notEmpty = this.lock.newCondition();

	private final Condition notFull = this.lock.newCondition();

	private final ArrayDeque<E> messages = new ArrayDeque<>();

	private int receivers;

	private boolean closed;

	MessageQueue(int capacity) {
		this.capacity = capacity;
	}

	/** What became of messages that were to be added. */
	static final int CLOSED = -1;

	/**
	 * Adds messages in order, as many as find room in time.
	 * @param nanos how long to wait for room at most
	 * @return how many were added, or {@link #CLOSED} if none could be, ever
	 */
	int add(List<? extends E> added, long nanos) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			int count = 0;
			long left = nanos;
			while (count < added.size()) {
				if (this.closed) {
					return (count > 0) ? count : CLOSED;
				}
				if (this.messages.size() < this.capacity) {
					this.messages.add(added.get(count++));
					this.notEmpty.signal();
				}
				else if (left <= 0) {
					break;
				}
				else {
					left = this.notFull.awaitNanos(left);
				}
			}
			return count;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes messages that are there, at least one if there is one in time, and no more
	 * than is fair to others that wait.
	 * @param most how many at most
	 * @param nanos how long to wait for the first one at most
	 * @return none if none came, or if the queue is closed and drained
	 */
	List<E> take(int most, long nanos) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = nanos;
			while (this.messages.isEmpty() && !this.closed && left > 0) {
				this.receivers++;
				try {
					left = this.notEmpty.awaitNanos(left);
				}
				finally {
					this.receivers--;
				}
			}
			int share = (this.messages.size() + this.receivers) / (this.receivers + 1);
			List<E> taken = new ArrayList<>(Math.min(most, share));
			for (int i = Math.min(most, share); i > 0; i--) {
				taken.add(this.messages.poll());
				this.notFull.signal();
			}
			return taken;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Puts messages back in front, in their order; they had room before.
	 */
	void putBack(List<? extends E> taken) {
		this.lock.lock();
		try {
			for (int i = taken.size() - 1; i >= 0; i--) {
				this.messages.addFirst(taken.get(i));
				this.notEmpty.signal();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.notEmpty.signalAll();
			this.notFull.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether it is closed and nothing is left. */
	boolean isDrained() {
		this.lock.lock();
		try {
			return this.closed && this.messages.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	int size() {
		this.lock.lock();
		try {
			return this.messages.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** For a wait without a deadline. */
	static long forever() {
		return TimeUnit.DAYS.toNanos(365);
	}

}
