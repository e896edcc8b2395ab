package io.pyboot.template;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.pyboot.PythonConversionException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.PythonSession;
import io.pyboot.pool.RequestOptions;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link PythonTemplate}, without Python; see {@code PythonIntegrationTests}
 * for what it does there.
 */
class PythonTemplateTests {

	private final MockedEngine engine = new MockedEngine();

	private final PythonPools pools = new PythonPools(
			List.of(PoolOptions.named(PythonPools.DEFAULT), PoolOptions.named("heavy")), new ArgumentConverter(null),
			List.of());

	private final PythonTemplate template = new PythonTemplate(this.pools,
			new ResultConverter(new DefaultConversionService(), null));

	private PythonPool pool;

	private PythonPool heavy;

	@BeforeEach
	void openPools() {
		this.pools.open(this.engine.getRuntime());
		this.pool = this.engine.pool("default");
		this.heavy = this.engine.pool("heavy");
	}

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void callInvokesTheDefaultPoolWithoutADeadline() {
		given(this.pool.invoke(any(), eq(RequestOptions.NONE))).willReturn(3.0);
		assertThat(this.template.call("math:sqrt", 9)).isEqualTo(3.0);
		then(this.heavy).should(never()).invoke(any(), any());
	}

	@Test
	void resultsAreConverted() {
		given(this.pool.invoke(any(), any())).willReturn(List.of(3L));
		assertThat(this.template.call("m:f", int[].class)).containsExactly(3);
		assertThat(this.template.call("m:f", new ParameterizedTypeReference<List<Integer>>() {
		})).containsExactly(3);
		assertThat(this.template.eval("[3]", int[].class)).containsExactly(3);
		assertThat(this.template.eval("[x]", int[].class, Map.of("x", 3))).containsExactly(3);
	}

	@Test
	void resultThatDoesNotFitIsRefused() {
		given(this.pool.invoke(any(), any())).willReturn(1L << 40);
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.template.eval("2**40", Integer.class));
	}

	@Test
	void asynchronousResultsAreConverted() {
		given(this.pool.submit(any(), any())).willReturn(CompletableFuture.completedFuture(3L));
		assertThat(this.template.callAsync("m:f")).isCompletedWithValue(3L);
		assertThat(this.template.callAsync("m:f", Integer.class)).isCompletedWithValue(3);
		assertThat(this.template.evalAsync("3", Integer.class)).isCompletedWithValue(3);
	}

	@Test
	void allArgumentListsAreCalled() {
		given(this.pool.submit(any(), any())).willReturn(CompletableFuture.completedFuture(1L))
			.willReturn(CompletableFuture.completedFuture(2L));
		assertThat(this.template.invokeAll("m:f", Integer.class, List.of(List.of(1), List.of(2)))).containsExactly(1,
				2);
	}

	@Test
	void execAllGoesToEachContext() {
		this.template.execAll("x = 1");
		then(this.pool).should().broadcast(any(), eq(RequestOptions.NONE));
	}

	@Test
	void castDoesNotWait() {
		this.template.cast("m:f", 1);
		then(this.pool).should().cast(any(), eq(RequestOptions.NONE));
	}

	@Test
	void timeoutAppliesToEveryOperation() {
		RequestOptions options = RequestOptions.NONE.withTimeout(Duration.ofSeconds(2));
		PythonOperations limited = this.template.withTimeout(Duration.ofSeconds(2));
		limited.call("m:f");
		then(this.pool).should().invoke(any(), eq(options));
		limited.cast("m:f");
		then(this.pool).should().cast(any(), eq(options));
		limited.execAll("x = 1");
		then(this.pool).should().broadcast(any(), eq(options));
		limited.pool("heavy").eval("1");
		then(this.heavy).should().invoke(any(), eq(options));
	}

	@Test
	void timeoutThatIsNotPositiveIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.template.withTimeout(Duration.ZERO));
	}

	@Test
	void otherPoolIsUsedByName() {
		this.template.pool("heavy").exec("x = 1");
		then(this.heavy).should().invoke(any(), eq(RequestOptions.NONE));
		assertThatIllegalArgumentException().isThrownBy(() -> this.template.pool("light"))
			.withMessageContaining("there are: default, heavy");
	}

	@Test
	void sessionIsClosedAfterTheCallback() {
		PythonSession session = mock(PythonSession.class);
		given(this.pool.openSession(RequestOptions.NONE)).willReturn(session);
		given(session.invoke(any(), any())).willReturn(5L);
		Integer result = this.template.execute((python) -> {
			python.exec("x = 5");
			then(session).should().invoke(any(), any());
			return python.eval("x", Integer.class);
		});
		assertThat(result).isEqualTo(5);
		then(session).should().close();
	}

	@Test
	void sessionIsClosedAfterAFailedCallback() {
		PythonSession session = mock(PythonSession.class);
		given(this.pool.openSession(any())).willReturn(session);
		assertThatIllegalStateException().isThrownBy(() -> this.template.execute((python) -> {
			throw new IllegalStateException();
		}));
		then(session).should().close();
	}

	@Test
	void functionCarriesItsOptions() {
		given(this.heavy.invoke(any(), any())).willReturn(3L);
		PythonFunction function = this.template.function("m:f").args(1, null).kwarg("a", 2).kwargs(Map.of("b", 3));
		assertThat(function.timeout(Duration.ofSeconds(1)).affinity("key").context(1).pool("heavy").call(Integer.class))
			.isEqualTo(3);
		then(this.heavy).should().invoke(any(), eq(new RequestOptions(Duration.ofSeconds(1), "key", 1)));
		function.call();
		then(this.pool).should().invoke(any(), eq(RequestOptions.NONE));
		function.cast();
		then(this.pool).should().cast(any(), eq(RequestOptions.NONE));
	}

	@Test
	void functionCanBeCalledAsynchronously() {
		given(this.pool.submit(any(), any())).willReturn(CompletableFuture.completedFuture(3L));
		assertThat(this.template.function("m:f").callAsync()).isCompletedWithValue(3L);
		assertThat(this.template.function("m:f").callAsync(Integer.class)).isCompletedWithValue(3);
	}

	@Test
	void stoppedTemplateSaysSoAndServesAgainAfterTheNextStart() {
		this.pools.close(Duration.ofSeconds(1));
		assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> this.template.call("m:f"))
			.withMessageContaining("STOPPED");
		this.pools.open(this.engine.getRuntime());
		given(this.engine.pool("default").invoke(any(), any())).willReturn(1L);
		assertThat(this.template.call("m:f")).isEqualTo(1L);
	}

}
