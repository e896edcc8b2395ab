package io.pyboot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.pyboot.pool.Dispatch;
import io.pyboot.pool.PythonMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of Pyboot. Values are checked where they are put to use, by the rules of
 * the engine; an error names the property.
 *
 * @param enabled Whether Python is started with the application.
 * @param python Which CPython to use.
 * @param cacheDir Directory that CPython and Python code from jars are unpacked to. By
 * default, a directory in the user's cache.
 * @param path Locations of the application's Python code, put in front of sys.path in
 * order. A 'classpath:' location stands for that folder in every directory and jar of the
 * class path that has it; anything else is a directory.
 * @param preload Modules that each context imports at its start. If one fails, the
 * application does not start.
 * @param pool The default pool.
 * @param pools Further pools by name. What one leaves unset is as in the default pool.
 * @param callbacks How Python code calls the application.
 * @param shutdown What happens when the application stops.
 * @param reload Reloading of edited Python files.
 */
@ConfigurationProperties("pyboot")
public record PybootProperties(@DefaultValue("true") boolean enabled, @DefaultValue Python python,
		@Nullable String cacheDir, @Nullable List<String> path, @DefaultValue List<String> preload,
		@DefaultValue Pool pool, @DefaultValue Map<String, Pool> pools, @DefaultValue Callbacks callbacks,
		@DefaultValue Shutdown shutdown, @DefaultValue Reload reload) {

	/**
	 * Which CPython to use: with none of these the one on the class path, then the active
	 * virtual environment, then python3 on the PATH.
	 *
	 * @param executable Python executable to use.
	 * @param home Prefix of the Python installation to use.
	 * @param venv Virtual environment to use.
	 */
	public record Python(@Nullable String executable, @Nullable String home, @Nullable String venv) {

	}

	/**
	 * A pool of contexts.
	 *
	 * @param mode What a context is.
	 * @param dispatch Which thread runs a synchronous call without a deadline.
	 * @param size Number of contexts. By default, the number of processors.
	 * @param concurrencyPerContext How many callers may be inside one context at a time.
	 * More than one helps I/O-bound code only.
	 * @param queueCapacity How many requests may be with the owner thread of one context,
	 * a power of two.
	 * @param maxWait How long a request may wait for a context.
	 * @param maxWaiting How many callers may wait for a context at a time.
	 * @param requestTimeout Deadline of a request that brings none. By default, there is
	 * none. With a deadline, every request runs on the owner thread of a context.
	 * @param maxDepth How deep lists, dicts and the like may be nested in arguments and
	 * results.
	 * @param maxMessageSize Size of the arguments or the result of one request.
	 */
	public record Pool(@Nullable PythonMode mode, @Nullable Dispatch dispatch, @Nullable Integer size,
			@Nullable Integer concurrencyPerContext, @Nullable Integer queueCapacity, @Nullable Duration maxWait,
			@Nullable Integer maxWaiting, @Nullable Duration requestTimeout, @Nullable Integer maxDepth,
			@Nullable DataSize maxMessageSize) {

	}

	/**
	 * How Python code calls the application.
	 *
	 * @param executor Name of the Executor bean that runs callbacks that no Java thread
	 * waits for: those of casts, asynchronous calls and threads of Python. By default,
	 * 'applicationTaskExecutor', else the only AsyncTaskExecutor bean.
	 */
	public record Callbacks(@Nullable String executor) {

	}

	/**
	 * What happens when the application stops.
	 *
	 * @param timeout How long work in progress may take at the stop before it is
	 * interrupted and abandoned. By default, five sixths of
	 * 'spring.lifecycle.timeout-per-shutdown-phase'.
	 */
	public record Shutdown(@Nullable Duration timeout) {

	}

	/**
	 * Reloading of edited Python files.
	 *
	 * @param watch Whether to watch the directories of 'pyboot.path' and to reload the
	 * modules whose files are edited. By default, if spring-boot-devtools is there.
	 * @param quietPeriod How long no file must have changed before modules are reloaded.
	 */
	public record Reload(@Nullable Boolean watch, @DefaultValue("400ms") Duration quietPeriod) {

	}

}
