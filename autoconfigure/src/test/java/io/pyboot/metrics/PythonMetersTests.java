package io.pyboot.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.RequestKind;
import io.pyboot.pool.RequestListener;
import io.pyboot.pool.RequestOutcome;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests for {@link PythonPoolMeters}, {@link PythonRequestTimers} and
 * {@link PythonRuntimeCounters}.
 */
class PythonMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void gaugesShowThePoolsAndZeroWhileTheseDoNotRun() {
		PythonPools pools = new PythonPools(List.of(PoolOptions.named("default"), PoolOptions.named("heavy")),
				new ArgumentConverter(null), List.of());
		new PythonPoolMeters(pools).bindTo(this.registry);
		try (MockedEngine engine = new MockedEngine()) {
			assertThat(gauge("pyboot.contexts", "heavy")).isZero();
			pools.open(engine.getRuntime());
			MockedEngine.contexts(engine.pool("heavy"), "IDLE", "STUCK", "STUCK");
			given(engine.pool("heavy").inFlight()).willReturn(4);
			given(engine.pool("heavy").waiting()).willReturn(5);
			given(engine.pool("heavy").queueDepth()).willReturn(6);
			assertThat(gauge("pyboot.contexts", "heavy")).isEqualTo(3);
			assertThat(gauge("pyboot.contexts", "default")).isEqualTo(2);
			assertThat(gauge("pyboot.contexts.serving", "heavy")).isEqualTo(1);
			assertThat(gauge("pyboot.requests.inflight", "heavy")).isEqualTo(4);
			assertThat(gauge("pyboot.requests.waiting", "heavy")).isEqualTo(5);
			assertThat(gauge("pyboot.queue.depth", "heavy")).isEqualTo(6);
			pools.close(Duration.ZERO);
			assertThat(gauge("pyboot.contexts", "heavy")).isZero();
		}
	}

	@Test
	void requestsAreTimedByPoolKindAndOutcome() {
		PythonPool pool = MockedEngine.pool(PoolOptions.named("heavy"));
		new PythonRequestTimers(this.registry).opened(pool, MockedEngine.runtime());
		ArgumentCaptor<RequestListener> listener = ArgumentCaptor.captor();
		then(pool).should().setListener(listener.capture());
		listener.getValue().completed(RequestKind.CALL, RequestOutcome.COMPLETED, 1_000);
		listener.getValue().completed(RequestKind.CALL, RequestOutcome.COMPLETED, 2_000);
		listener.getValue().completed(RequestKind.EVAL, RequestOutcome.TIMED_OUT, 5_000);
		assertThat(timer("call", "completed").count()).isEqualTo(2);
		assertThat(timer("call", "completed").totalTime(TimeUnit.NANOSECONDS)).isEqualTo(3_000);
		assertThat(timer("eval", "timed-out").count()).isEqualTo(1);
		assertThat(this.registry.get("pyboot.requests").timers())
			.hasSize(RequestKind.values().length * RequestOutcome.values().length);
	}

	@Test
	void runtimeEventsAreCounted() {
		PythonRuntime runtime = MockedEngine.runtime();
		PythonRuntimeCounters counters = new PythonRuntimeCounters(this.registry);
		counters.opened(MockedEngine.pool(PoolOptions.named("default")), runtime);
		counters.opened(MockedEngine.pool(PoolOptions.named("heavy")), runtime);
		FunctionCounter created = this.registry.get("pyboot.runtime.events")
			.tag("event", "contexts.created")
			.functionCounter();
		assertThat(created.count()).isEqualTo(2);
		given(runtime.counters()).willReturn(Map.of("contexts.created", 9L));
		assertThat(created.count()).isEqualTo(9);
	}

	@Test
	void countersFollowTheRuntimeOfTheNextStart() {
		PythonPool pool = MockedEngine.pool(PoolOptions.named("default"));
		PythonRuntimeCounters counters = new PythonRuntimeCounters(this.registry);
		counters.opened(pool, MockedEngine.runtime());
		PythonRuntime next = MockedEngine.runtime();
		given(next.counters()).willReturn(Map.of("contexts.created", 4L));
		counters.opened(pool, next);
		assertThat(
				this.registry.get("pyboot.runtime.events").tag("event", "contexts.created").functionCounter().count())
			.isEqualTo(4);
	}

	@Test
	void everyMeterHasADescription() {
		PythonPools pools = new PythonPools(List.of(PoolOptions.named("default")), new ArgumentConverter(null),
				List.of());
		PythonPool pool = MockedEngine.pool(PoolOptions.named("default"));
		new PythonPoolMeters(pools).bindTo(this.registry);
		new PythonRequestTimers(this.registry).opened(pool, MockedEngine.runtime());
		new PythonRuntimeCounters(this.registry).opened(pool, MockedEngine.runtime());
		assertThat(this.registry.getMeters()).isNotEmpty()
			.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).isNotBlank());
	}

	private double gauge(String name, String pool) {
		return this.registry.get(name).tag("pool", pool).gauge().value();
	}

	private Timer timer(String kind, String outcome) {
		return this.registry.get("pyboot.requests").tags("pool", "heavy", "kind", kind, "outcome", outcome).timer();
	}

}
