package io.pyboot.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.pyboot.PythonNotRunningException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeState;
import org.jspecify.annotations.Nullable;

/**
 * The pools of an application by name. They are known from the start and serve from
 * {@link #open} to {@link #close}, which may be repeated.
 */
public final class PythonPools {

	/**
	 * Name of the pool that is used where none is named.
	 */
	public static final String DEFAULT = "default";

	private final Map<String, Entry> entries = new LinkedHashMap<>();

	private final UnaryOperator<Object> argumentConverter;

	private final List<PythonPoolListener> listeners;

	private final CallbackRegistry callbacks;

	private volatile RuntimeState state = RuntimeState.UNINIT;

	private volatile @Nullable PythonRuntime runtime;

	/**
	 * @param pools options of the pools, among them one named {@link #DEFAULT}
	 * @param argumentConverter asked for a value of a class that the engine does not know
	 * @param listeners told of each pool that opens, in order
	 */
	public PythonPools(Collection<PoolOptions> pools, UnaryOperator<Object> argumentConverter,
			List<PythonPoolListener> listeners) {
		this(pools, argumentConverter, listeners, new CallbackRegistry());
	}

	/**
	 * @param callbacks what the Python code of all these pools may call
	 */
	public PythonPools(Collection<PoolOptions> pools, UnaryOperator<Object> argumentConverter,
			List<PythonPoolListener> listeners, CallbackRegistry callbacks) {
		this.callbacks = callbacks;
		for (PoolOptions options : pools) {
			this.entries.put(options.name(), new Entry(options));
		}
		this.argumentConverter = argumentConverter;
		this.listeners = List.copyOf(listeners);
		entry(DEFAULT);
	}

	/**
	 * Names of the pools, the default one first.
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.entries.keySet());
	}

	/**
	 * State of the pools as a whole.
	 */
	public RuntimeState state() {
		return this.state;
	}

	/**
	 * What the Python code of the pools may call. May be changed at any time.
	 */
	public CallbackRegistry callbacks() {
		return this.callbacks;
	}

	/**
	 * The runtime that the pools stand on, {@code null} while they are not open.
	 */
	public @Nullable PythonRuntime runtime() {
		return this.runtime;
	}

	/**
	 * The pool with the given name.
	 * @param name name of a configured pool
	 * @throws IllegalArgumentException if there is no such pool; lists those there are
	 * @throws PythonNotRunningException if the pools are not open; names the state
	 */
	public PythonPool get(String name) {
		return entry(name).get();
	}

	/**
	 * The pools that are open, none if they do not run.
	 */
	public List<PythonPool> running() {
		return this.entries.values().stream().map((entry) -> entry.pool).filter((pool) -> pool != null).toList();
	}

	Entry entry(String name) {
		Entry entry = this.entries.get(name);
		if (entry == null) {
			throw new IllegalArgumentException(
					"There is no Python pool named '%s'; there are: %s".formatted(name, String.join(", ", names())));
		}
		return entry;
	}

	/**
	 * Opens every pool. If one fails, those already open are closed again.
	 * @param runtime what they stand on; stays the caller's to release
	 */
	public synchronized void open(PythonRuntime runtime) {
		if (!this.state.canBecome(RuntimeState.INITING)) {
			throw new IllegalStateException("The Python pools cannot be opened while they are " + this.state);
		}
		this.state = RuntimeState.INITING;
		try {
			for (Entry entry : this.entries.values()) {
				open(entry, runtime);
			}
			this.runtime = runtime;
			this.state = RuntimeState.RUNNING;
		}
		catch (RuntimeException | Error ex) {
			rollBack(ex);
			throw ex;
		}
	}

	private void open(Entry entry, PythonRuntime runtime) {
		PythonPool pool = openPool(runtime, entry.options);
		try {
			pool.setArgumentConverter(this.argumentConverter);
			for (PythonPoolListener listener : this.listeners) {
				listener.opened(pool, runtime);
			}
		}
		finally {
			// Only now can it be called; after a failure it is found here to be closed.
			entry.pool = pool;
		}
	}

	private PythonPool openPool(PythonRuntime runtime, PoolOptions options) {
		try {
			return PythonPool.open(runtime, options, this.callbacks);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPoolOptionsException(options.name(), ex);
		}
	}

	private void rollBack(Throwable failure) {
		try {
			closeAll(Duration.ZERO);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
		this.state = RuntimeState.STOPPED;
	}

	/**
	 * Closes every pool: work that was accepted is finished, then interrupted, then
	 * abandoned. All pools drain at the same time.
	 * @param drain how long all of it may take
	 */
	public synchronized void close(Duration drain) {
		if (this.state != RuntimeState.RUNNING) {
			return;
		}
		this.state = RuntimeState.SHUTTING_DOWN;
		try {
			closeAll(drain);
		}
		finally {
			this.runtime = null;
			this.state = RuntimeState.STOPPED;
		}
	}

	private void closeAll(Duration drain) {
		List<Closing> closings = new ArrayList<>();
		for (Entry entry : this.entries.values()) {
			PythonPool pool = entry.pool;
			if (pool != null) {
				closings.add(new Closing(entry, pool, drain));
			}
		}
		closings.forEach(Thread::start);
		RuntimeException failure = null;
		for (Closing closing : closings) {
			RuntimeException ex = closing.await();
			if (failure == null) {
				failure = ex;
			}
			else if (ex != null) {
				failure.addSuppressed(ex);
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	/**
	 * One configured pool, whether it is open or not.
	 */
	final class Entry {

		private final PoolOptions options;

		private volatile @Nullable PythonPool pool;

		private Entry(PoolOptions options) {
			this.options = options;
		}

		PythonPool get() {
			PythonPool pool = this.pool;
			if (pool == null) {
				throw new PythonNotRunningException("The Python pool '%s' does not run: its state is %s"
					.formatted(this.options.name(), PythonPools.this.state));
			}
			return pool;
		}

	}

	/**
	 * The closing of one pool, on a thread of its own so that none waits for another.
	 */
	private static final class Closing extends Thread {

		private final Entry entry;

		private final PythonPool pool;

		private final Duration drain;

		private @Nullable RuntimeException failure;

		Closing(Entry entry, PythonPool pool, Duration drain) {
			super("pyboot-close-" + pool.name());
			this.entry = entry;
			this.pool = pool;
			this.drain = drain;
		}

		@Override
		public void run() {
			try {
				this.pool.close(this.drain);
			}
			catch (RuntimeException ex) {
				this.failure = ex;
			}
			finally {
				this.entry.pool = null;
			}
		}

		@Nullable RuntimeException await() {
			boolean interrupted = false;
			while (isAlive()) {
				try {
					join();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				currentThread().interrupt();
			}
			return this.failure;
		}

	}

}
