package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonException;
import io.pyboot.PythonInstallationException;
import io.pyboot.PythonPreloadException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.context.PythonContext;
import io.pyboot.install.PythonInstallation;
import io.pyboot.logging.OutputTarget;
import io.pyboot.runtime.PythonRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the contexts of a pool, and decides what the found CPython lets them be.
 */
final class PoolStarter {

	private static final Logger logger = LoggerFactory.getLogger(PoolStarter.class);

	/** A start takes milliseconds, but a preloaded module may do a lot. */
	static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	/** The note that setup() of pyboot._engine adds to what a preload raised. */
	private static final String PRELOAD_NOTE = "pyboot.preload=";

	private final PythonRuntime runtime;

	private final PoolOptions options;

	private final PythonMode mode;

	PoolStarter(PythonRuntime runtime, PoolOptions options) {
		this.runtime = runtime;
		this.options = options;
		this.mode = resolveMode(runtime.info().installation(), options);
	}

	PythonMode mode() {
		return this.mode;
	}

	/**
	 * Whether callers may run Python on their own threads: since 3.14 CPython measures
	 * the stack it has; before, a deep recursion in C on the 1 MB stack of a Java thread
	 * kills the JVM.
	 */
	boolean allowsCallers() {
		return this.mode == PythonMode.SUBINTERPRETER && this.options.dispatch() == Dispatch.AUTO
				&& this.runtime.info().installation().version().isAtLeast(3, 14) && LibPyboot.pb_protects_stack() != 0;
	}

	/** The support policy of docs/architecture.md. */
	static PythonMode resolveMode(PythonInstallation python, PoolOptions options) {
		boolean subinterpretersWork = python.version().isAtLeast(3, 13) && !python.freeThreaded();
		PythonMode mode = options.mode();
		if (mode == PythonMode.AUTO) {
			return subinterpretersWork ? PythonMode.SUBINTERPRETER : PythonMode.MAIN;
		}
		if (mode == PythonMode.SUBINTERPRETER && python.freeThreaded()) {
			throw new PythonInstallationException(
					"Pool '" + options.name() + "' asks for subinterpreters, but Python " + python.version() + " ("
							+ python.library() + ") is a free-threaded build, which cannot have one GIL each",
					"Use mode main, which runs in parallel on a free-threaded build, or a Python with a GIL.");
		}
		if (mode == PythonMode.SUBINTERPRETER && !subinterpretersWork) {
			logger.warn("Pool '{}' uses subinterpreters on Python {}, where datetime, decimal and sqlite3 abort the"
					+ " process unless the main interpreter imported them first (it has), and ctypes and expat are"
					+ " refused; use Python 3.14 or mode main", options.name(), python.version());
		}
		return mode;
	}

	PythonContext start(int index, long nativePool) {
		try {
			return this.runtime.startContext(this.mode == PythonMode.SUBINTERPRETER, nativePool,
					this.options.queueCapacity(), config(index), START_TIMEOUT);
		}
		catch (PythonCallException ex) {
			throw translated(ex);
		}
	}

	private PythonException translated(PythonCallException ex) {
		for (String note : ex.getNotes()) {
			if (note.startsWith(PRELOAD_NOTE)) {
				return new PythonPreloadException(note.substring(PRELOAD_NOTE.length()), this.options.name(), ex);
			}
		}
		return ex;
	}

	private Map<String, Object> config(int index) {
		Map<String, Object> config = new LinkedHashMap<>();
		config.put("pool", this.options.name());
		config.put("index", index);
		config.put("mode", (this.mode == PythonMode.SUBINTERPRETER) ? "subinterpreter" : "main");
		config.put("path", this.options.path().stream().map(Object::toString).toList());
		config.put("preload", this.options.preload());
		config.put("output",
				Map.of("stdout", word(this.options.output().stdout()), "stderr", word(this.options.output().stderr())));
		config.put("max_depth", this.options.limits().maxDepth());
		config.put("max_message_size", this.options.limits().maxMessageSize());
		return config;
	}

	private static String word(OutputTarget target) {
		return (target == OutputTarget.LOGGER) ? "logger" : "through";
	}

	/**
	 * Starts all contexts side by side; if one fails, ends the others and throws what it
	 * threw.
	 */
	List<PythonContext> startAll(long nativePool) {
		int size = this.options.size();
		ExecutorService starters = Executors
			.newFixedThreadPool(Math.min(size, Runtime.getRuntime().availableProcessors()));
		List<CompletableFuture<PythonContext>> starts = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			int index = i;
			starts.add(CompletableFuture.supplyAsync(() -> start(index, nativePool), starters));
		}
		starters.shutdown();
		try {
			CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).get();
			return starts.stream().map(CompletableFuture::join).toList();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			starts.forEach(PoolStarter::endWhenStarted);
			throw new PythonCancelledException(
					"Interrupted while the contexts of pool '" + this.options.name() + "' started", ex);
		}
		catch (ExecutionException ex) {
			starts.forEach(PoolStarter::endWhenStarted);
			throw unwrapped(ex);
		}
	}

	/** Ends a context now, or as soon as it has started. */
	private static void endWhenStarted(CompletableFuture<PythonContext> start) {
		start.thenAccept((context) -> {
			context.stop(Duration.ofSeconds(1));
			context.awaitEnd(Duration.ofSeconds(2));
		});
	}

	private static RuntimeException unwrapped(ExecutionException ex) {
		if (ex.getCause() instanceof Error error) {
			throw error;
		}
		return (ex.getCause() instanceof RuntimeException exception) ? exception : new CompletionException(ex);
	}

}
