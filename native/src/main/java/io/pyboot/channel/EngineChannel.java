package io.pyboot.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonChannel;
import io.pyboot.PythonChannelClosedException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.callback.Undelivered;
import io.pyboot.codec.WireEncoder;
import io.pyboot.codec.WireWritable;
import org.jspecify.annotations.Nullable;

/**
 * A channel of a pool. What goes to Python waits as bytes, written by the sender, who
 * gets the error if it cannot cross; what comes from Python waits as values.
 */
final class EngineChannel<T> implements PythonChannel<T>, WireWritable {

	private static final byte[][] NONE = {};

	private final Channels channels;

	private final long number;

	private final boolean bytes;

	private final int capacity;

	private volatile CallbackRegistry.@Nullable Registration name;

	private final Function<@Nullable Object, ? extends @Nullable T> reader;

	private final MessageQueue<byte[]> toPython;

	/** Messages in a list of one, since a message may be {@code null}. */
	private final MessageQueue<List<@Nullable Object>> toJava;

	EngineChannel(Channels channels, long number, int capacity, boolean bytes,
			Function<@Nullable Object, ? extends @Nullable T> reader) {
		if (capacity < 1) {
			throw new IllegalArgumentException("The capacity of a channel must be at least 1 but is " + capacity);
		}
		this.channels = channels;
		this.number = number;
		this.bytes = bytes;
		this.capacity = capacity;
		this.reader = reader;
		this.toPython = new MessageQueue<>(capacity);
		this.toJava = new MessageQueue<>(capacity);
	}

	/** Its name is that of this registration, until it is closed. */
	void named(CallbackRegistry.Registration name) {
		this.name = name;
	}

	long number() {
		return this.number;
	}

	// ---- Java's end ----

	@Override
	public void send(@Nullable Object message) {
		send(message, MessageQueue.forever());
	}

	@Override
	public void send(@Nullable Object message, Duration timeout) {
		if (!send(message, Math.max(0, timeout.toNanos()))) {
			throw new PythonTimeoutException(
					"The channel to Python was full for " + timeout.toMillis() + " ms: nobody received");
		}
	}

	@Override
	public boolean trySend(@Nullable Object message) {
		return send(message, 0);
	}

	private boolean send(@Nullable Object message, long nanos) {
		if (this.bytes && !(message instanceof byte[])) {
			throw new IllegalArgumentException("A channel of bytes takes a byte[] only, not "
					+ ((message != null) ? "a " + message.getClass().getName() : "null"));
		}
		List<byte[]> written = List.of(this.channels.write(message));
		try {
			int added = this.toPython.add(written, nanos);
			if (added == MessageQueue.CLOSED) {
				throw new PythonChannelClosedException("The channel is closed, and nothing can be sent any more");
			}
			return added > 0;
		}
		catch (InterruptedException ex) {
			throw interrupted("sending to", ex);
		}
	}

	@Override
	public @Nullable T receive() {
		return receive(MessageQueue.forever(), null);
	}

	@Override
	public @Nullable T receive(Duration timeout) {
		return receive(Math.max(0, timeout.toNanos()), timeout);
	}

	private @Nullable T receive(long nanos, @Nullable Duration timeout) {
		List<@Nullable Object> message = take(nanos);
		if (message != null) {
			return this.reader.apply(message.get(0));
		}
		if (timeout != null && !this.toJava.isDrained()) {
			throw new PythonTimeoutException("Nothing came from Python within " + timeout.toMillis() + " ms");
		}
		throw new PythonChannelClosedException("The channel is closed, and everything has been received");
	}

	private @Nullable List<@Nullable Object> take(long nanos) {
		try {
			List<List<@Nullable Object>> taken = this.toJava.take(1, nanos);
			return taken.isEmpty() ? null : taken.get(0);
		}
		catch (InterruptedException ex) {
			throw interrupted("receiving from", ex);
		}
	}

	private static PythonCancelledException interrupted(String doing, InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new PythonCancelledException("Interrupted while " + doing + " a channel", ex);
	}

	@Override
	public boolean tryReceive(Consumer<? super @Nullable T> action) {
		List<@Nullable Object> message = take(0);
		if (message == null) {
			return false;
		}
		action.accept(this.reader.apply(message.get(0)));
		return true;
	}

	@Override
	public Iterator<@Nullable T> iterator() {
		return new Iterator<>() {

			private @Nullable List<@Nullable Object> next;

			@Override
			public boolean hasNext() {
				if (this.next == null) {
					this.next = take(MessageQueue.forever());
				}
				return this.next != null;
			}

			@Override
			public @Nullable T next() {
				if (!hasNext()) {
					throw new NoSuchElementException("The channel is closed, and everything has been received");
				}
				Object message = Objects.requireNonNull(this.next).get(0);
				this.next = null;
				return EngineChannel.this.reader.apply(message);
			}

		};
	}

	@Override
	public int capacity() {
		return this.capacity;
	}

	@Override
	public boolean isClosed() {
		return this.toPython.isClosed();
	}

	@Override
	public void close() {
		this.toPython.close();
		this.toJava.close();
		CallbackRegistry.Registration name = this.name;
		if (name != null) {
			name.close();
		}
		forgetIfDrained();
	}

	private void forgetIfDrained() {
		if (this.toPython.isDrained()) {
			this.channels.forget(this.number);
		}
	}

	// ---- Python's end: see pyboot/_channels.py ----

	@Override
	public void writeTo(WireEncoder encoder) {
		encoder.writeValue('H', this.number, this.bytes, this.capacity);
	}

	/**
	 * Gives messages to Python.
	 * @return a list of them, {@code null} if none came in time, or {@code false} if none
	 * will come any more
	 */
	@Nullable Object give(int most, long nanos) throws InterruptedException {
		List<byte[]> taken = this.toPython.take(most, nanos);
		if (!taken.isEmpty()) {
			return new Given(taken);
		}
		if (this.toPython.isDrained()) {
			forgetIfDrained();
			return false;
		}
		return null;
	}

	/**
	 * Takes messages of Python.
	 * @return how many were taken in time; -1 if the channel is closed
	 */
	long accept(List<@Nullable Object> messages, long nanos) throws InterruptedException {
		if (messages.size() == 1) {
			return this.toJava.add(List.of(checked(messages.get(0))), nanos);
		}
		List<List<@Nullable Object>> added = new ArrayList<>(messages.size());
		for (Object message : messages) {
			added.add(checked(message));
		}
		return this.toJava.add(added, nanos);
	}

	private List<@Nullable Object> checked(@Nullable Object message) {
		if (this.bytes && !(message instanceof byte[])) {
			throw new CallbackArgumentException("a channel of bytes takes bytes only");
		}
		return Collections.singletonList(message);
	}

	/** Messages that wait for Python, and whether the channel is closed. */
	List<Object> state() {
		return List.of(this.toPython.size(), isClosed());
	}

	/** An answer that goes back to its place if nobody waits for it any more. */
	private final class Given implements WireWritable, Undelivered {

		private final AtomicReference<byte @Nullable [][]> messages;

		Given(List<byte[]> messages) {
			this.messages = new AtomicReference<>(messages.toArray(NONE));
		}

		@Override
		public void writeTo(WireEncoder encoder) {
			byte[][] messages = this.messages.get();
			encoder.beginList((messages != null) ? messages.length : 0);
			if (messages != null) {
				for (byte[] message : messages) {
					encoder.writeRaw(message);
				}
			}
		}

		@Override
		public void undelivered() {
			byte[][] messages = this.messages.getAndSet(null);
			if (messages != null) {
				EngineChannel.this.toPython.putBack(List.of(messages));
			}
		}

	}

}
