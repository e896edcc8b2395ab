package io.pyboot.metrics;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.RequestKind;
import io.pyboot.pool.RequestListener;
import io.pyboot.pool.RequestOutcome;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.template.PythonPoolListener;

/**
 * The timer {@code pyboot.requests} by pool, kind and outcome. All timers of a pool are
 * registered when it opens: a request costs an array access, not a look-up.
 */
public class PythonRequestTimers implements PythonPoolListener {

	private final MeterRegistry registry;

	public PythonRequestTimers(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void opened(PythonPool pool, PythonRuntime runtime) {
		pool.setListener(new Timers(this.registry, pool.name()));
	}

	private static final class Timers implements RequestListener {

		private final Timer[][] timers = new Timer[RequestKind.values().length][RequestOutcome.values().length];

		Timers(MeterRegistry registry, String pool) {
			for (RequestKind kind : RequestKind.values()) {
				for (RequestOutcome outcome : RequestOutcome.values()) {
					this.timers[kind.ordinal()][outcome.ordinal()] = Timer.builder("pyboot.requests")
						.description("Time of requests to Python, from the submission to the answer")
						.tags("pool", pool, "kind", tag(kind), "outcome", tag(outcome))
						.register(registry);
				}
			}
		}

		private static String tag(Enum<?> value) {
			return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

		@Override
		public void completed(RequestKind kind, RequestOutcome outcome, long nanos) {
			this.timers[kind.ordinal()][outcome.ordinal()].record(nanos, TimeUnit.NANOSECONDS);
		}

	}

}
