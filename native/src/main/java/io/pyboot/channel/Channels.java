package io.pyboot.channel;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.pyboot.PythonChannel;
import io.pyboot.PythonNotRunningException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireEncoder;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one pool, and the callbacks that Python code uses them by.
 */
public final class Channels {

	private static final String RECEIVE = "pyboot.channel.receive";

	private static final String SEND = "pyboot.channel.send";

	private static final String STATE = "pyboot.channel.state";

	private static final String CLOSE = "pyboot.channel.close";

	/** Begins the name of the callback that gives a channel by its name. */
	private static final String NAMED = "pyboot.channel:";

	private static final AtomicLong NUMBERS = new AtomicLong();

	/** Of all pools, by number: open, or closed but not yet drained by Python. */
	private static final ConcurrentHashMap<Long, EngineChannel<?>> KEPT = new ConcurrentHashMap<>();

	/** The numbers of this pool's. */
	private final Set<Long> own = ConcurrentHashMap.newKeySet();

	private final CallbackRegistry registry;

	private final Function<WireBuffer, WireEncoder> encoders;

	private volatile boolean ended;

	/**
	 * @param registry the callbacks of the pool's Python code
	 * @param encoders make what writes messages
	 */
	public Channels(CallbackRegistry registry, Function<WireBuffer, WireEncoder> encoders) {
		this.registry = registry;
		this.encoders = encoders;
	}

	/**
	 * Lets Python code that has these callbacks use channels. May be repeated.
	 */
	public static void install(CallbackRegistry registry) {
		synchronized (registry) {
			if (!registry.contains(RECEIVE)) {
				registry.registerInternal(RECEIVE, (arguments, keywords) -> receive(arguments));
				registry.registerInternal(SEND, (arguments, keywords) -> send(arguments));
				registry.registerInternal(STATE, (arguments, keywords) -> {
					EngineChannel<?> channel = KEPT.get(arguments.get(0));
					return (channel != null) ? channel.state() : List.of(0, true);
				});
				registry.registerInternal(CLOSE, (arguments, keywords) -> {
					EngineChannel<?> channel = KEPT.get(arguments.get(0));
					if (channel != null) {
						channel.close();
					}
					return null;
				});
			}
		}
	}

	/** Number, how many at most, and nanoseconds to wait for one. */
	private static @Nullable Object receive(List<@Nullable Object> arguments) throws InterruptedException {
		EngineChannel<?> channel = KEPT.get(arguments.get(0));
		return (channel != null) ? channel.give(((Long) arguments.get(1)).intValue(), (Long) arguments.get(2)) : false;
	}

	/** Number, nanoseconds to wait for room, and messages. */
	private static long send(List<@Nullable Object> arguments) throws InterruptedException {
		EngineChannel<?> channel = KEPT.get(arguments.get(0));
		return (channel != null) ? channel.accept(arguments.subList(2, arguments.size()), (Long) arguments.get(1))
				: MessageQueue.CLOSED;
	}

	/**
	 * Opens a channel.
	 * @param name what Python code may find it by, until it is closed; {@code null} for
	 * none
	 * @param capacity how many messages each direction holds, at least 1
	 * @param bytes whether its messages are bytes only
	 * @param reader converts what Java receives
	 * @throws IllegalArgumentException if another channel has the name
	 */
	public <T> PythonChannel<T> open(@Nullable String name, int capacity, boolean bytes,
			Function<@Nullable Object, ? extends @Nullable T> reader) {
		EngineChannel<T> channel = new EngineChannel<>(this, NUMBERS.incrementAndGet(), capacity, bytes, reader);
		if (name != null) {
			if (this.registry.contains(NAMED + name)) {
				throw new IllegalArgumentException("There is a channel named '" + name + "' already");
			}
			channel.named(this.registry.registerInternal(NAMED + name, (arguments, keywords) -> channel));
		}
		KEPT.put(channel.number(), channel);
		this.own.add(channel.number());
		if (this.ended) {
			endAll();
			throw new PythonNotRunningException("The pool is closed, and takes no channel any more");
		}
		return channel;
	}

	/** Closes all: senders are refused, receivers get what is left. */
	public void closeAll() {
		for (Long number : this.own) {
			EngineChannel<?> channel = KEPT.get(number);
			if (channel != null) {
				channel.close();
			}
		}
	}

	/** The pool is closed: no Python code is left that could receive. */
	public void endAll() {
		this.ended = true;
		closeAll();
		this.own.forEach(KEPT::remove);
		this.own.clear();
	}

	/** Nobody can do anything with the channel any more. */
	void forget(long number) {
		KEPT.remove(number);
		this.own.remove(number);
	}

	/** How many channels are kept for this pool's Python code. */
	public int count() {
		return this.own.size();
	}

	/** A message as bytes. */
	byte[] write(@Nullable Object message) {
		WireBuffer buffer = WireBuffer.acquire();
		try {
			WireEncoder encoder = this.encoders.apply(buffer);
			encoder.write(message, "message");
			byte[] bytes = new byte[encoder.length()];
			buffer.memory().get(0, bytes);
			return bytes;
		}
		finally {
			buffer.release();
		}
	}

}
