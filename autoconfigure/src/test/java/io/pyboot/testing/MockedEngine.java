package io.pyboot.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.install.PythonInstallation;
import io.pyboot.install.PythonVersion;
import io.pyboot.pool.ContextSnapshot;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonMode;
import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeInfo;
import io.pyboot.runtime.RuntimeState;
import org.mockito.MockedStatic;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;

/**
 * Stands in for the engine on the current thread: a runtime starts and pools open without
 * a CPython.
 */
public final class MockedEngine implements AutoCloseable {

	private final MockedStatic<PythonRuntime> runtimes = mockStatic(PythonRuntime.class);

	private final MockedStatic<PythonPool> opening = mockStatic(PythonPool.class);

	private final Map<String, PythonPool> pools = new LinkedHashMap<>();

	private final Map<String, RuntimeException> failures = new HashMap<>();

	private final PythonRuntime runtime = runtime();

	public MockedEngine() {
		this.runtimes.when(() -> PythonRuntime.start(any())).thenReturn(this.runtime);
		this.opening.when(() -> PythonPool.open(any(), any(), any()))
			.thenAnswer((invocation) -> open(invocation.getArgument(1)));
	}

	public PythonRuntime getRuntime() {
		return this.runtime;
	}

	/**
	 * The last pool that was opened with this name.
	 */
	public PythonPool pool(String name) {
		return this.pools.get(name);
	}

	public void failStart(RuntimeException failure) {
		this.runtimes.when(() -> PythonRuntime.start(any())).thenThrow(failure);
	}

	public void failOpening(String pool, RuntimeException failure) {
		this.failures.put(pool, failure);
	}

	private PythonPool open(PoolOptions options) {
		if (this.failures.containsKey(options.name())) {
			throw this.failures.get(options.name());
		}
		PythonPool pool = pool(options);
		this.pools.put(options.name(), pool);
		return pool;
	}

	/**
	 * A pool that runs, with one context per size of its options.
	 */
	public static PythonPool pool(PoolOptions options) {
		PythonPool pool = mock(PythonPool.class);
		given(pool.name()).willReturn(options.name());
		given(pool.options()).willReturn(options);
		given(pool.mode()).willReturn(PythonMode.SUBINTERPRETER);
		given(pool.state()).willReturn(RuntimeState.RUNNING);
		given(pool.counters()).willReturn(Map.of("requests.submitted", 7L));
		contexts(pool, "IDLE", "BUSY");
		return pool;
	}

	/**
	 * Gives the pool one context in each of the states.
	 */
	public static void contexts(PythonPool pool, String... states) {
		ContextSnapshot[] contexts = new ContextSnapshot[states.length];
		for (int i = 0; i < states.length; i++) {
			contexts[i] = new ContextSnapshot(i, 0, states[i], 3, 1, Duration.ofSeconds(5), (i == 0) ? -1 : 4096);
		}
		given(pool.contexts()).willReturn(List.of(contexts));
	}

	/**
	 * A runtime that runs.
	 */
	public static PythonRuntime runtime() {
		PythonRuntime runtime = mock(PythonRuntime.class);
		PythonInstallation installation = new PythonInstallation(PythonInstallation.Source.BUNDLED,
				new PythonVersion(3, 14, 3), false, Path.of("/python/bin/python3"), Path.of("/python"),
				Path.of("/python/lib/libpython3.14.so"), null, List.of(), List.of());
		given(runtime.info()).willReturn(new RuntimeInfo(installation, "3.14.3 (main)", List.of("/python/lib")));
		given(runtime.counters()).willReturn(Map.of("contexts.created", 2L, "interrupts.sent", 1L));
		return runtime;
	}

	@Override
	public void close() {
		this.opening.close();
		this.runtimes.close();
	}

}
