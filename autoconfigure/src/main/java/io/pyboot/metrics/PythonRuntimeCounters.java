package io.pyboot.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.template.PythonPoolListener;
import org.jspecify.annotations.Nullable;

/**
 * The counter {@code pyboot.runtime.events} by event: what libpyboot counts. One meter
 * with a tag, because some of the names end in what Prometheus keeps for itself
 * ({@code _created}).
 */
public class PythonRuntimeCounters implements PythonPoolListener {

	private final MeterRegistry registry;

	private volatile @Nullable PythonRuntime runtime;

	public PythonRuntimeCounters(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void opened(PythonPool pool, PythonRuntime runtime) {
		this.runtime = runtime;
		for (String event : runtime.counters().keySet()) {
			FunctionCounter.builder("pyboot.runtime.events", this, (counters) -> counters.count(event))
				.description("What happened in libpyboot since it was loaded")
				.tag("event", event)
				.register(this.registry);
		}
	}

	private double count(String event) {
		PythonRuntime runtime = this.runtime;
		return (runtime != null) ? runtime.counters().getOrDefault(event, 0L) : 0;
	}

}
