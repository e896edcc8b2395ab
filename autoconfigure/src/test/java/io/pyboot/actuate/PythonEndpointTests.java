package io.pyboot.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonReloadException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.actuate.PythonDescriptor.ContextDescriptor;
import io.pyboot.actuate.PythonDescriptor.PoolDescriptor;
import io.pyboot.actuate.PythonEndpoint.Action;
import io.pyboot.actuate.PythonEndpoint.ContextResult;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.ReloadReport;
import io.pyboot.pool.ReloadReport.ContextReload;
import io.pyboot.pool.RequestOptions;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link PythonEndpoint}.
 */
class PythonEndpointTests {

	private static final Duration GC_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration RELOAD_TIMEOUT = Duration.ofSeconds(30);

	private final MockedEngine engine = new MockedEngine();

	private final PythonPools pools = new PythonPools(List.of(PoolOptions.named("default")),
			new ArgumentConverter(null), List.of());

	private final PythonEndpoint endpoint = new PythonEndpoint(this.pools, GC_TIMEOUT, RELOAD_TIMEOUT);

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void showsTheStateBeforeTheStart() {
		assertThat(this.endpoint.python().state()).isEqualTo("UNINIT");
		assertThat(this.endpoint.python().runtime()).isNull();
		assertThat(this.endpoint.python().pools()).isEmpty();
	}

	@Test
	void showsTheNamesOfCallbacksAndNoInternalOnes() {
		this.pools.callbacks().register("price", (arguments, keywords) -> null);
		this.pools.callbacks().registerInternal("pyboot.publish", (arguments, keywords) -> null);
		assertThat(this.endpoint.python().callbacks()).containsExactly("price");
	}

	@Test
	void showsTheRuntimeAndItsCounters() {
		open();
		PythonDescriptor.RuntimeDescriptor runtime = this.endpoint.python().runtime();
		assertThat(runtime.version()).isEqualTo("3.14.3");
		assertThat(runtime.fullVersion()).isEqualTo("3.14.3 (main)");
		assertThat(runtime.source()).isEqualTo("BUNDLED");
		assertThat(runtime.venv()).isNull();
		assertThat(runtime.counters()).containsEntry("contexts.created", 2L);
	}

	@Test
	void showsThePoolsWithTheirContextsAndCounters() {
		PythonPool pool = open();
		given(pool.inFlight()).willReturn(3);
		given(pool.waiting()).willReturn(4);
		given(pool.queueDepth()).willReturn(5);
		PoolDescriptor shown = this.endpoint.python().pools().get("default");
		assertThat(shown).isEqualTo(this.endpoint.pool("default"));
		assertThat(shown.mode()).isEqualTo("SUBINTERPRETER");
		assertThat(shown.inFlight()).isEqualTo(3);
		assertThat(shown.waiting()).isEqualTo(4);
		assertThat(shown.queueDepth()).isEqualTo(5);
		assertThat(shown.counters()).containsEntry("requests.submitted", 7L);
		assertThat(shown.contexts()).containsExactly(
				new ContextDescriptor(0, 0, "IDLE", 3, 1, Duration.ofSeconds(5), null),
				new ContextDescriptor(1, 0, "BUSY", 3, 1, Duration.ofSeconds(5), 4096L));
	}

	@Test
	void unknownPoolIsNotShown() {
		open();
		assertThat(this.endpoint.pool("heavy")).isNull();
	}

	@Test
	void restartsOneContext() {
		PythonPool pool = open();
		assertThat(this.endpoint.act("default", Action.RESTART, 1, null).contexts())
			.containsExactly(new ContextResult(1, null, null, null));
		then(pool).should().restart(1);
	}

	@Test
	void refusesToRestartWhatIsNotThere() {
		PythonPool pool = open();
		refused("heavy", Action.RESTART, 0, "There is no running pool named 'heavy'");
		refused("default", Action.RESTART, 2, "The pool 'default' has no context 2");
		refused("default", Action.RESTART, null, "The action 'restart' needs a 'context'");
		refused("default", Action.GC, -1, "The pool 'default' has no context -1");
		refused("default", Action.RELOAD, null, "The action 'reload' needs a 'module'");
		then(pool).should(never()).restart(anyInt());
	}

	@Test
	void collectsGarbageInEachContextWithinATime() {
		PythonPool pool = open();
		given(pool.invoke(any(), eq(new RequestOptions(GC_TIMEOUT, null, 0)))).willReturn(7L);
		given(pool.invoke(any(), eq(new RequestOptions(GC_TIMEOUT, null, 1))))
			.willThrow(new PythonTimeoutException("busy"));
		assertThat(this.endpoint.act("default", Action.GC, null, null).contexts())
			.containsExactly(new ContextResult(0, 7L, null, null), new ContextResult(1, null, null, "busy"));
	}

	@Test
	void collectsGarbageInOneContext() {
		PythonPool pool = open();
		given(pool.invoke(any(), eq(new RequestOptions(GC_TIMEOUT, null, 1)))).willReturn(0L);
		assertThat(this.endpoint.act("default", Action.GC, 1, null).contexts())
			.containsExactly(new ContextResult(1, 0L, null, null));
	}

	@Test
	void reloadsAModuleInAllContexts() {
		PythonPool pool = open();
		given(pool.reload(List.of("prices"), new RequestOptions(RELOAD_TIMEOUT, null, -1)))
			.willReturn(new ReloadReport("default", List.of(new ContextReload(0, List.of("prices", "shop"), null),
					new ContextReload(1, List.of("prices"), "busy"))));
		assertThat(this.endpoint.act("default", Action.RELOAD, null, "prices").contexts()).containsExactly(
				new ContextResult(0, null, List.of("prices", "shop"), null),
				new ContextResult(1, null, List.of("prices"), "busy"));
	}

	@Test
	void reloadThatFailsIsAnErrorOfEveryContext() {
		PythonPool pool = open();
		given(pool.reload(any(), any())).willThrow(new PythonReloadException("prices keeps its old code", "prices",
				"prices.py", 3, Map.of(1, "SyntaxError"), new IllegalStateException()));
		assertThat(this.endpoint.act("default", Action.RELOAD, null, "prices").contexts()).containsExactly(
				new ContextResult(0, null, null, "prices keeps its old code"),
				new ContextResult(1, null, null, "SyntaxError"));
	}

	@Test
	void reloadIsForAllContexts() {
		open();
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.act("default", Action.RELOAD, 1, "prices"))
			.withMessageContaining("all contexts");
	}

	private PythonPool open() {
		this.pools.open(this.engine.getRuntime());
		return this.engine.pool("default");
	}

	private void refused(String pool, Action action, Integer context, String message) {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.act(pool, action, context, null))
			.withMessage(message);
	}

}
