package io.pyboot.pool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.pyboot.codec.CodecLimits;
import io.pyboot.logging.PythonOutput;
import org.jspecify.annotations.Nullable;

/**
 * How a pool is made. Immutable; start from {@link #named(String)} and change what is to
 * differ.
 *
 * @param name name of the pool, as it appears in logs, metrics and errors
 * @param mode what a context is
 * @param dispatch which thread runs a synchronous call without a deadline
 * @param size number of contexts, at least 1
 * @param concurrencyPerContext how many callers may be inside one context at a time, at
 * least 1; more than one helps I/O-bound code only
 * @param queueCapacity how many requests may wait for or run on the owner thread of one
 * context, a power of two from 2 to 65,536
 * @param maxWait how long a request may wait for a context
 * @param maxWaiting how many callers may wait for a context at a time
 * @param requestTimeout deadline of a request that brings none; {@code null} for none. A
 * deadline sends every request through the owner thread
 * @param path directories put in front of {@code sys.path}, in order
 * @param preload modules imported in each context at its start
 * @param limits limits of the codec
 * @param output where the output of Python code goes
 */
public record PoolOptions(String name, PythonMode mode, Dispatch dispatch, int size, int concurrencyPerContext,
		int queueCapacity, Duration maxWait, int maxWaiting, @Nullable Duration requestTimeout, List<Path> path,
		List<String> preload, CodecLimits limits, PythonOutput output) {

	public PoolOptions {
		if (size < 1 || size > 256) {
			throw new IllegalArgumentException("size must be from 1 to 256 but is " + size);
		}
		if (concurrencyPerContext < 1) {
			throw new IllegalArgumentException(
					"concurrencyPerContext must be at least 1 but is " + concurrencyPerContext);
		}
		if (queueCapacity < 2 || queueCapacity > 65_536 || Integer.bitCount(queueCapacity) != 1) {
			throw new IllegalArgumentException(
					"queueCapacity must be a power of two from 2 to 65536 but is " + queueCapacity);
		}
		if (maxWait.isNegative()) {
			throw new IllegalArgumentException("maxWait must not be negative but is " + maxWait);
		}
		if (maxWaiting < 0) {
			throw new IllegalArgumentException("maxWaiting must not be negative but is " + maxWaiting);
		}
		if (requestTimeout != null && (requestTimeout.isNegative() || requestTimeout.isZero())) {
			throw new IllegalArgumentException("requestTimeout must be positive but is " + requestTimeout);
		}
		path = List.copyOf(path);
		preload = List.copyOf(preload);
	}

	/**
	 * The defaults: as many contexts as cores, one caller each, 30 s of waiting, no
	 * deadline.
	 * @param name name of the pool
	 */
	public static PoolOptions named(String name) {
		return new PoolOptions(name, PythonMode.AUTO, Dispatch.AUTO, Runtime.getRuntime().availableProcessors(), 1,
				1024, Duration.ofSeconds(30), 10_000, null, List.of(), List.of(), CodecLimits.DEFAULT,
				PythonOutput.DEFAULT);
	}

	public PoolOptions withMode(PythonMode mode) {
		return new PoolOptions(this.name, mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload,
				this.limits, this.output);
	}

	public PoolOptions withDispatch(Dispatch dispatch) {
		return new PoolOptions(this.name, this.mode, dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload,
				this.limits, this.output);
	}

	public PoolOptions withSize(int size) {
		return new PoolOptions(this.name, this.mode, this.dispatch, size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload,
				this.limits, this.output);
	}

	public PoolOptions withConcurrencyPerContext(int concurrencyPerContext) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload,
				this.limits, this.output);
	}

	public PoolOptions withQueueCapacity(int queueCapacity) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload, this.limits,
				this.output);
	}

	public PoolOptions withMaxWait(Duration maxWait) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload, this.limits,
				this.output);
	}

	public PoolOptions withMaxWaiting(int maxWaiting) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, maxWaiting, this.requestTimeout, this.path, this.preload, this.limits,
				this.output);
	}

	public PoolOptions withRequestTimeout(@Nullable Duration requestTimeout) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, requestTimeout, this.path, this.preload, this.limits,
				this.output);
	}

	public PoolOptions withPath(List<Path> path) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, path, this.preload, this.limits,
				this.output);
	}

	public PoolOptions withPreload(List<String> preload) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, preload, this.limits,
				this.output);
	}

	public PoolOptions withLimits(CodecLimits limits) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload, limits,
				this.output);
	}

	public PoolOptions withOutput(PythonOutput output) {
		return new PoolOptions(this.name, this.mode, this.dispatch, this.size, this.concurrencyPerContext,
				this.queueCapacity, this.maxWait, this.maxWaiting, this.requestTimeout, this.path, this.preload,
				this.limits, output);
	}

}
