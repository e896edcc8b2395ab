package io.pyboot.metrics;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pyboot.pool.PythonPool;
import io.pyboot.template.PoolCapacity;
import io.pyboot.template.PythonPools;

/**
 * Gauges of each pool. They read the pools when they are scraped and show 0 while these
 * do not run.
 */
public class PythonPoolMeters implements MeterBinder {

	private final PythonPools pools;

	public PythonPoolMeters(PythonPools pools) {
		this.pools = pools;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (String pool : this.pools.names()) {
			gauge(registry, "pyboot.contexts", "Contexts of the pool", pool,
					(running) -> PoolCapacity.of(running).contexts());
			gauge(registry, "pyboot.contexts.serving", "Contexts that take requests", pool,
					(running) -> PoolCapacity.of(running).serving());
			gauge(registry, "pyboot.requests.inflight", "Requests in progress", pool, PythonPool::inFlight);
			gauge(registry, "pyboot.requests.waiting", "Callers that wait for a context", pool, PythonPool::waiting);
			gauge(registry, "pyboot.queue.depth", "Requests in the queues of owner threads", pool,
					PythonPool::queueDepth);
		}
	}

	private void gauge(MeterRegistry registry, String name, String description, String pool,
			ToDoubleFunction<PythonPool> value) {
		Gauge
			.builder(name, this.pools,
					(pools) -> pools.running()
						.stream()
						.filter((running) -> running.name().equals(pool))
						.mapToDouble(value)
						.sum())
			.description(description)
			.tag("pool", pool)
			.register(registry);
	}

}
