package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.pyboot.PythonChannel;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.callback.CallbackExecutor;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.channel.Channels;
import io.pyboot.codec.ContextHomes;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireEncoder;
import io.pyboot.context.PythonContext;
import io.pyboot.iterator.JavaIterators;
import io.pyboot.logging.PythonLogging;
import io.pyboot.pool.ContextSlot.Occupant;
import io.pyboot.pool.ContextSlot.Target;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeState;
import io.pyboot.runtime.StateMachine;
import io.pyboot.state.SharedStateCallbacks;
import io.pyboot.state.StoredSharedState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of contexts. The one rule of its dispatch: a synchronous request without a
 * deadline runs on its caller's thread; everything else runs on the owner thread of a
 * context, so that the caller can always be let go. Thread-safe.
 */
public final class PythonPool implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(PythonPool.class);

	private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

	private final PoolOptions options;

	private final PoolStarter starter;

	private final StateMachine state;

	private final RequestCounters counters = new RequestCounters();

	private final long nativePool;

	private final ContextSlot[] slots;

	private final ContextLeases leases;

	private final QueueGate gate;

	private final CallerWay callerWay;

	private final OwnerWay ownerWay;

	private final Drainer drainer;

	private final PoolCallbacks callbacks;

	private final ScheduledThreadPoolExecutor deadlines;

	private final boolean callersAllowed;

	private final JavaIterators iterators = new JavaIterators();

	private final Channels channels;

	private final Reload reload;

	/**
	 * Casts that succeeded, once the native pool that counted them is gone; -1 before.
	 */
	private volatile long castsAtEnd = -1;

	/** Guards the exchange of contexts against the end of the pool. */
	private final Object lifecycle = new Object();

	private volatile boolean aborting;

	private volatile @Nullable RequestListener listener;

	private volatile @Nullable UnaryOperator<Object> argumentConverter;

	private volatile ResultConversion resultConversion = ResultConversion.NONE;

	private PythonPool(PoolOptions options, PoolStarter starter, StateMachine state, long nativePool,
			CallbackRegistry registry) {
		this.options = options;
		this.starter = starter;
		this.state = state;
		this.nativePool = nativePool;
		this.slots = new ContextSlot[options.size()];
		this.leases = new ContextLeases(this.slots, options);
		this.gate = new QueueGate(options);
		this.deadlines = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "pyboot-deadlines-" + options.name());
			thread.setDaemon(true);
			return thread;
		});
		this.deadlines.setRemoveOnCancelPolicy(true);
		this.callerWay = new CallerWay(this, this.leases);
		this.ownerWay = new OwnerWay(this, this.slots, this.gate, this.deadlines);
		this.drainer = new Drainer(this, this.ownerWay, nativePool);
		this.callbacks = new PoolCallbacks(this, registry, nativePool);
		this.channels = new Channels(registry,
				(buffer) -> new WireEncoder(buffer, options.limits(), this.argumentConverter));
		this.callersAllowed = starter.allowsCallers();
		this.reload = new Reload(this, this.ownerWay, this.slots);
	}

	/**
	 * Opens a pool: its contexts run when this returns.
	 * @param runtime the running runtime
	 * @param options how the pool is made
	 * @throws io.pyboot.PythonPreloadException if a preloaded module cannot be imported
	 * @throws io.pyboot.PythonInstallationException if the mode is not possible with the
	 * CPython that was found
	 */
	public static PythonPool open(PythonRuntime runtime, PoolOptions options) {
		return open(runtime, options, new CallbackRegistry());
	}

	/**
	 * Opens a pool whose Python code may call Java.
	 * @param callbacks what it may call; may be shared by pools, and changed while they
	 * run. Gets what the package {@code pyboot} needs: the log, and shared state in
	 * memory unless it has another one
	 */
	public static PythonPool open(PythonRuntime runtime, PoolOptions options, CallbackRegistry callbacks) {
		JavaIterators.install(callbacks);
		Channels.install(callbacks);
		PythonLogging.register(callbacks);
		SharedStateCallbacks.register(callbacks, new StoredSharedState());
		StateMachine state = new StateMachine("Pool '" + options.name() + "'");
		state.moveTo(RuntimeState.INITING);
		long began = System.nanoTime();
		PoolStarter starter = new PoolStarter(runtime, options);
		runtime.extendPath(options.path());
		long nativePool = LibPyboot.pb_create_pool();
		if (nativePool < 0) {
			throw new PythonNotRunningException("Too many pools are open in this process");
		}
		PythonPool pool = new PythonPool(options, starter, state, nativePool, callbacks);
		pool.startContexts();
		state.moveTo(RuntimeState.RUNNING);
		logger.info("Pool '{}' runs {} contexts in mode {} after {} ms", options.name(), options.size(), starter.mode(),
				(System.nanoTime() - began) / 1_000_000);
		return pool;
	}

	/** Callbacks are served from here on: preloaded modules may make some. */
	private void startContexts() {
		this.callbacks.open();
		this.drainer.start();
		try {
			List<PythonContext> contexts = this.starter.startAll(this.nativePool);
			Arrays.setAll(this.slots, (i) -> new ContextSlot(i, contexts.get(i), this.options));
			for (ContextSlot slot : this.slots) {
				openHome(slot, slot.context(), 1);
			}
		}
		catch (RuntimeException | Error ex) {
			if (this.drainer.stop(1000)) {
				LibPyboot.pb_destroy_pool(this.nativePool);
			}
			this.callbacks.close();
			this.deadlines.shutdownNow();
			throw ex;
		}
	}

	/** Python objects of the context may arrive from here on. */
	private void openHome(ContextSlot slot, PythonContext context, int generation) {
		Target target = new Target(slot, context, "the Python objects of its handles");
		long contextId = context.id();
		ContextHomes.open(contextId, (id) -> new KeptObject(this, target, generation, contextId, id));
	}

	// ---- requests ----

	/**
	 * Runs a request and waits for its answer.
	 * @return the answer, {@code null} for {@code None}
	 */
	public @Nullable Object invoke(PythonRequest request, RequestOptions options) {
		return invoke(request, 0, (options != RequestOptions.NONE) ? wanted(options) : null, options);
	}

	@Nullable Object invoke(PythonRequest request, long session, @Nullable Target wanted, RequestOptions options) {
		long timeout = timeout(options);
		if (VirtualThreads.isCurrent()) {
			return this.ownerWay.invokeParked(request, session, wanted, timeout);
		}
		if (timeout == 0 && this.callersAllowed) {
			return this.callerWay.invoke(request, session, wanted);
		}
		return this.ownerWay.invoke(request, session, wanted, timeout);
	}

	/**
	 * Runs a request on an owner thread. Never throws: what refuses the request is in the
	 * future. Cancelling the future drops the request if it is queued and interrupts it
	 * if it runs. Dependent stages run on the pool's drainer thread unless they are given
	 * an executor, so they must not block.
	 */
	public CompletableFuture<@Nullable Object> submit(PythonRequest request, RequestOptions options) {
		return this.ownerWay.submit(RequestWay.ASYNC, request, 0, wanted(options), timeout(options));
	}

	/**
	 * Runs a request on an owner thread and forgets it; a failure is counted and logged.
	 */
	public void cast(PythonRequest request, RequestOptions options) {
		this.ownerWay.cast(request, 0, wanted(options));
	}

	/**
	 * Runs a request once in each context and waits for all. Throws the first failure.
	 */
	public void broadcast(PythonRequest request, RequestOptions options) {
		List<CompletableFuture<?>> answers = new ArrayList<>();
		for (ContextSlot slot : this.slots) {
			answers.add(this.ownerWay.submit(RequestWay.ASYNC, request, 0, slot.target, timeout(options)));
		}
		try {
			CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof PythonException failure) {
				throw failure;
			}
			throw ex;
		}
	}

	/**
	 * Replaces modules, and those that import them, by what their sources say now, in
	 * every context or in none, each between two requests. Waits for all contexts.
	 * Modules that a context has not imported are left out there.
	 * @param modules names of the modules that have changed
	 * @param options the timeout counts; past it nothing changes, unless all contexts
	 * have run the new code already: those that are busy then take it later, as the
	 * report says
	 * @return what was done in each context
	 * @throws io.pyboot.PythonReloadException if new code fails or a module is of a kind
	 * that cannot be reloaded; every context goes on with the old code
	 */
	public ReloadReport reload(List<String> modules, RequestOptions options) {
		requireRunning();
		return this.reload.run(List.copyOf(modules), timeout(options));
	}

	/**
	 * Makes a stream of what a request gives: a generator, an iterator or anything that
	 * Python can iterate. Nothing runs before the first item is asked for.
	 * @param request gives the iterable
	 * @param options the timeout counts for each wait for items, not for the whole stream
	 * @param window how many items Python may be ahead of the reader, at least 1
	 */
	public PythonStream stream(PythonRequest request, RequestOptions options, int window) {
		return new PythonStream(this, this.ownerWay, request, wanted(options), timeout(options), window);
	}

	/**
	 * Opens a channel to this pool's Python code.
	 * @param name what Python code finds it by, {@code null} for none
	 * @param capacity how many messages each direction holds, at least 1
	 * @param reader converts what Java receives
	 * @throws IllegalArgumentException if another open channel has the name
	 */
	public <T> PythonChannel<T> openChannel(@Nullable String name, int capacity,
			Function<@Nullable Object, ? extends @Nullable T> reader) {
		requireRunning();
		return this.channels.open(name, capacity, false, reader);
	}

	/**
	 * Opens a channel whose messages are bytes on both sides.
	 * @param name what Python code finds it by, {@code null} for none
	 * @param capacity how many messages each direction holds, at least 1
	 * @throws IllegalArgumentException if another open channel has the name
	 */
	public PythonChannel<byte[]> openByteChannel(@Nullable String name, int capacity) {
		requireRunning();
		return this.channels.open(name, capacity, true, byte[].class::cast);
	}

	/**
	 * Opens a namespace of its own in one context.
	 * @param options which context; any if it says nothing
	 */
	public PythonSession openSession(RequestOptions options) {
		requireRunning();
		Target wanted = wanted(options);
		return new PythonSession(this, (wanted != null) ? wanted.slot() : leastUsed());
	}

	private ContextSlot leastUsed() {
		return Arrays.stream(this.slots)
			.min(Comparator.comparingInt((slot) -> slot.occupant().leases() + slot.occupant().outstanding.get()))
			.orElseThrow();
	}

	private @Nullable Target wanted(RequestOptions options) {
		int index = options.contextIndex();
		if (index >= this.slots.length || index < -1) {
			throw new IllegalArgumentException(
					"Pool '" + name() + "' has no context " + index + ", only 0 to " + (this.slots.length - 1));
		}
		if (index >= 0) {
			return this.slots[index].target;
		}
		Object key = options.affinityKey();
		if (key == null) {
			return null;
		}
		int hash = key.hashCode();
		return this.slots[Math.floorMod(hash ^ (hash >>> 16), this.slots.length)].target;
	}

	private long timeout(RequestOptions options) {
		Duration timeout = options.timeout();
		return OwnerWay.nanos((timeout != null) ? timeout : this.options.requestTimeout());
	}

	// ---- what the ways need ----

	void requireRunning() {
		this.state.requireRunning();
	}

	/**
	 * Work of a callback belongs to a request that was accepted, so it is taken while the
	 * pool drains.
	 */
	void requireAccepting(Tenant tenant) {
		if (tenant.inside == null || this.aborting || state() != RuntimeState.SHUTTING_DOWN) {
			requireRunning();
		}
	}

	Tenant tenant() {
		return this.leases.tenant();
	}

	PoolCallbacks callbacks() {
		return this.callbacks;
	}

	/** The context of an id in its place; {@code null} if it has been replaced. */
	@Nullable Occupant occupantOf(long id) {
		for (ContextSlot slot : this.slots) {
			Occupant occupant = (slot != null) ? slot.occupant() : null;
			if (occupant != null && occupant.context.id() == id) {
				return occupant;
			}
		}
		return null;
	}

	/** Ends a session that nobody can reach any more; does not wait. */
	void forgetSession(long number, Target target) {
		this.ownerWay.submit(RequestWay.ASYNC, PythonRequest.endSession(), number, target, 0);
	}

	/**
	 * Writes a request. What it holds is the caller's until libpyboot has taken it.
	 * @throws RuntimeException if a value cannot cross; nothing is held then
	 */
	WireEncoder write(PythonRequest request, long session, WireBuffer buffer) {
		WireEncoder encoder = encoder(buffer);
		try {
			request.encode(encoder, session);
			encoder.finish(0);
		}
		catch (RuntimeException | Error ex) {
			encoder.discard();
			throw ex;
		}
		this.counters.encoded(encoder.length());
		return encoder;
	}

	/** A session's request runs in the context that has the namespace, or not at all. */
	void requireAccepted(@Nullable Target target, PythonContext context) {
		if (target != null && !target.accepts(context)) {
			throw new PythonContextLostException("Context " + target.slot().index + " of pool '" + name()
					+ "' was replaced, and " + target.belongings() + " with it");
		}
	}

	/** After a context refused a request: it may go to the successor, if there is one. */
	void requireReplaced(Occupant refused) {
		requireRunning();
		if (refused.isCurrent()) {
			throw new PythonContextLostException("Context " + refused.slot.index + " of pool '" + name() + "' is gone");
		}
	}

	Channels channels() {
		return this.channels;
	}

	/** The Java iterators that Python code may pull. */
	JavaIterators iterators() {
		return this.iterators;
	}

	/** Whether the pool stops and what still runs is given up. */
	boolean isAborting() {
		return this.aborting;
	}

	RequestCounters requestCounters() {
		return this.counters;
	}

	WireEncoder encoder(WireBuffer buffer) {
		return new WireEncoder(buffer, this.options.limits(), this.argumentConverter, this.iterators);
	}

	void ended(RequestKind kind, RequestOutcome outcome, long began) {
		this.counters.ended(outcome);
		RequestListener listener = this.listener;
		if (listener != null) {
			try {
				listener.completed(kind, outcome, System.nanoTime() - began);
			}
			catch (RuntimeException ex) {
				logger.warn("The listener of pool '{}' failed", name(), ex);
			}
		}
	}

	// ---- facts ----

	/** Name of the pool. */
	public String name() {
		return this.options.name();
	}

	/** How the pool was made. */
	public PoolOptions options() {
		return this.options;
	}

	/** What its contexts are; never {@link PythonMode#AUTO}. */
	public PythonMode mode() {
		return this.starter.mode();
	}

	/** State of the pool. */
	public RuntimeState state() {
		return this.state.get();
	}

	/** Requests that were made and have not ended. */
	public int inFlight() {
		return (int) this.counters.inFlight(casts());
	}

	private long casts() {
		long ended = this.castsAtEnd;
		return (ended >= 0) ? ended : LibPyboot.pb_casts_completed(this.nativePool);
	}

	/** Callers that wait for a context or for a place in a queue. */
	public int waiting() {
		int waiting = this.leases.waiting() + this.gate.waiting();
		for (ContextSlot slot : this.slots) {
			waiting += slot.gate.waiting();
		}
		return waiting;
	}

	/** Requests on the owners' way, waiting or running. */
	public int queueDepth() {
		return contexts().stream().mapToInt(ContextSnapshot::queueDepth).sum();
	}

	/** The contexts now. */
	public List<ContextSnapshot> contexts() {
		List<ContextSnapshot> snapshots = new ArrayList<>();
		for (ContextSlot slot : this.slots) {
			Occupant occupant = slot.occupant();
			PythonContext context = occupant.context;
			int depth = context.queueLength();
			String state = (depth < 0) ? "STOPPED" : (depth > 0 || occupant.leases() > 0) ? "BUSY" : "IDLE";
			snapshots.add(new ContextSnapshot(slot.index, occupant.generation, state,
					Math.max(0, context.requestCount()), Math.max(0, depth), context.uptime(), -1));
		}
		return snapshots;
	}

	/**
	 * Counters of the requests by name. The sum of {@code requests.completed},
	 * {@code failed}, {@code timedout}, {@code cancelled}, {@code rejected} and
	 * {@code inflight} is {@code requests.submitted}.
	 */
	public Map<String, Long> counters() {
		return this.counters.snapshot(casts());
	}

	/** Python objects of a context that Java holds; -1 if the context takes no work. */
	long handles(int index) {
		return LibPyboot.pb_live_handles(this.slots[index].context().id());
	}

	/** Sets who hears of ended requests; {@code null} for nobody. */
	public void setListener(@Nullable RequestListener listener) {
		this.listener = listener;
	}

	/**
	 * Sets what is asked for an argument of a type that the codec does not know: it gives
	 * a value of a known type or throws {@link io.pyboot.PythonConversionException}.
	 */
	public void setArgumentConverter(UnaryOperator<Object> converter) {
		this.argumentConverter = converter;
	}

	/**
	 * Sets what converts the results of operations on {@link io.pyboot.PythonObject} to
	 * the types asked for. Without it nothing is converted.
	 */
	public void setResultConversion(ResultConversion conversion) {
		this.resultConversion = conversion;
	}

	ResultConversion resultConversion() {
		return this.resultConversion;
	}

	/**
	 * Sets what runs the callbacks that no waiting Java thread can run. Without it,
	 * threads of the pool do.
	 */
	public void setCallbackExecutor(CallbackExecutor executor) {
		this.callbacks.setExecutor(executor);
	}

	// ---- life cycle ----

	/**
	 * Replaces a context by a new one. The new one serves before the old one leaves; the
	 * old one finishes what it has. Blocks until the new one serves.
	 * @param index 0-based place of the context
	 */
	public void restart(int index) {
		if (index < 0 || index >= this.slots.length) {
			throw new IllegalArgumentException(
					"Pool '" + name() + "' has no context " + index + ", only 0 to " + (this.slots.length - 1));
		}
		requireRunning();
		PythonContext next = this.starter.start(index, this.nativePool);
		PythonContext old = null;
		synchronized (this.lifecycle) {
			if (state() == RuntimeState.RUNNING) {
				openHome(this.slots[index], next, this.slots[index].occupant().generation + 1);
				old = this.slots[index].replace(next);
			}
		}
		if (old == null) { // the pool was closed meanwhile
			next.stop(Duration.ofSeconds(1));
			next.awaitEnd(Duration.ofSeconds(2));
			requireRunning();
			return;
		}
		// What is queued is finished first; what still comes goes to the new one.
		long until = System.nanoTime() + DEFAULT_DRAIN.toNanos();
		while (old.queueLength() > 0 && System.nanoTime() - until < 0) {
			LockSupport.parkNanos(1_000_000);
		}
		ContextHomes.close(old.id());
		old.stop(DEFAULT_DRAIN);
		logger.info("Context {} of pool '{}' was replaced", index, name());
	}

	/** Closes with ten seconds of grace. */
	@Override
	public void close() {
		close(DEFAULT_DRAIN);
	}

	/**
	 * Closes the pool: rejects new work at once, lets accepted work finish, interrupts
	 * what has not finished after three quarters of the time, and leaves alone (and
	 * counts) what does not end then. A second call does nothing.
	 * @param drain how long it may take
	 */
	public void close(Duration drain) {
		if (!this.state.moveTo(RuntimeState.SHUTTING_DOWN)) {
			return;
		}
		this.channels.closeAll();
		long began = System.nanoTime();
		long total = drain.toNanos();
		if (!awaitIdle(began + total / 4 * 3)) {
			logger.warn("Pool '{}' interrupts {} requests that did not finish in time", name(), inFlight());
			abort();
			awaitIdle(began + total / 8 * 7);
		}
		int left = endContexts(Math.max(100_000_000, total / 8));
		abort();
		boolean drained = this.drainer.stop(Math.max(100, total / 8_000_000));
		this.deadlines.shutdownNow();
		this.callbacks.close();
		this.iterators.endAll();
		this.channels.endAll();
		this.castsAtEnd = casts();
		if (drained) {
			LibPyboot.pb_destroy_pool(this.nativePool);
		}
		this.state.moveTo(RuntimeState.STOPPED);
		if (left > 0 || !drained) {
			logger.warn("Pool '{}' stopped, but {} contexts did not end and were left alone{}", name(), left,
					drained ? "" : ", and a stage blocks its drainer");
		}
		else {
			logger.info("Pool '{}' stopped after {} ms", name(), (System.nanoTime() - began) / 1_000_000);
		}
	}

	/** Gives up what waits, interrupts what runs. */
	private void abort() {
		this.aborting = true;
		this.ownerWay.abortAll("the pool stops");
		for (ContextSlot slot : this.slots) {
			slot.context().interruptAll();
		}
	}

	/** Ends the contexts; gives the number of those that did not end. */
	private int endContexts(long grace) {
		List<PythonContext> contexts = new ArrayList<>();
		synchronized (this.lifecycle) { // a restart either came before, or finds the pool
										// closed
			for (ContextSlot slot : this.slots) {
				contexts.add(slot.context());
			}
		}
		contexts.forEach((context) -> {
			ContextHomes.close(context.id());
			context.stop(Duration.ofNanos(grace));
		});
		long until = System.nanoTime() + grace + 100_000_000;
		int left = 0;
		for (PythonContext context : contexts) {
			if (!context.awaitEnd(Duration.ofNanos(Math.max(0, until - System.nanoTime())))) {
				left++;
			}
		}
		return left;
	}

	private boolean awaitIdle(long until) {
		while (inFlight() > 0) {
			if (System.nanoTime() - until >= 0) {
				return false;
			}
			LockSupport.parkNanos(2_000_000);
		}
		return true;
	}

}
