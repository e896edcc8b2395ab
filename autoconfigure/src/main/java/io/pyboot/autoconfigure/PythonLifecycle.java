package io.pyboot.autoconfigure;

import java.time.Duration;

import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeOptions;
import io.pyboot.template.PythonPools;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Starts CPython and the pools with the application and stops them with it. A start that
 * fails leaves nothing behind and ends the start of the application.
 */
public final class PythonLifecycle implements SmartLifecycle {

	/**
	 * Before the web server and the task executors at the start, after them at the stop,
	 * so that nothing that calls Python outlives it. Beans that call Python in their own
	 * life cycle use a higher phase.
	 */
	public static final int PHASE = Integer.MAX_VALUE / 2 - 1024;

	private final RuntimeOptions options;

	private final PythonPools pools;

	private final Duration shutdownTimeout;

	private volatile @Nullable PythonRuntime runtime;

	/**
	 * @param options how CPython is started
	 * @param pools the pools to open
	 * @param shutdownTimeout how long the stop may take
	 */
	public PythonLifecycle(RuntimeOptions options, PythonPools pools, Duration shutdownTimeout) {
		this.options = options;
		this.pools = pools;
		this.shutdownTimeout = shutdownTimeout;
	}

	@Override
	public synchronized void start() {
		if (this.runtime != null) {
			return;
		}
		PythonRuntime started = PythonRuntime.start(this.options);
		try {
			this.pools.open(started);
		}
		catch (RuntimeException | Error ex) {
			rollBack(started, ex);
			throw ex;
		}
		this.runtime = started;
	}

	private static void rollBack(PythonRuntime started, Throwable failure) {
		try {
			started.release();
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

	@Override
	public synchronized void stop() {
		PythonRuntime running = this.runtime;
		if (running == null) {
			return;
		}
		this.runtime = null;
		try {
			this.pools.close(this.shutdownTimeout);
		}
		finally {
			running.release();
		}
	}

	@Override
	public boolean isRunning() {
		return this.runtime != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
