package io.pyboot.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonPreloadException;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.RuntimeState;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;

/**
 * Tests for {@link PythonPools}.
 */
class PythonPoolsTests {

	private static final Duration DRAIN = Duration.ofSeconds(3);

	private final MockedEngine engine = new MockedEngine();

	private final ArgumentConverter converter = new ArgumentConverter(null);

	private final List<PythonPool> opened = new ArrayList<>();

	private final PythonPools pools = new PythonPools(
			List.of(PoolOptions.named(PythonPools.DEFAULT), PoolOptions.named("heavy")), this.converter,
			List.of((pool, runtime) -> this.opened.add(pool)));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void unknownPoolIsRefusedWithTheNamesThereAre() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.pools.get("light"))
			.withMessage("There is no Python pool named 'light'; there are: default, heavy");
	}

	@Test
	void poolBeforeTheStartIsRefusedWithTheState() {
		assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> this.pools.get("heavy"))
			.withMessage("The Python pool 'heavy' does not run: its state is UNINIT");
		assertThat(this.pools.running()).isEmpty();
		assertThat(this.pools.runtime()).isNull();
	}

	@Test
	void openedPoolsServe() {
		this.pools.open(this.engine.getRuntime());
		assertThat(this.pools.state()).isEqualTo(RuntimeState.RUNNING);
		assertThat(this.pools.get("heavy")).isSameAs(this.engine.pool("heavy"));
		assertThat(this.pools.running()).extracting(PythonPool::name).containsExactly("default", "heavy");
		assertThat(this.pools.runtime()).isSameAs(this.engine.getRuntime());
		then(this.engine.pool("heavy")).should().setArgumentConverter(this.converter);
	}

	@Test
	void listenersAreToldOfEachPool() {
		this.pools.open(this.engine.getRuntime());
		assertThat(this.opened).containsExactly(this.engine.pool("default"), this.engine.pool("heavy"));
	}

	@Test
	void failureOfOnePoolClosesTheOthers() {
		PythonPreloadException failure = new PythonPreloadException("x", "heavy", new IllegalStateException("no x"));
		this.engine.failOpening("heavy", failure);
		assertThatExceptionOfType(PythonPreloadException.class)
			.isThrownBy(() -> this.pools.open(this.engine.getRuntime()))
			.isSameAs(failure);
		then(this.engine.pool("default")).should().close(Duration.ZERO);
		assertThat(this.pools.state()).isEqualTo(RuntimeState.STOPPED);
		assertThat(this.pools.running()).isEmpty();
	}

	@Test
	void failureOfAListenerClosesThePools() {
		IllegalStateException failure = new IllegalStateException("no registry");
		PythonPools failing = new PythonPools(List.of(PoolOptions.named(PythonPools.DEFAULT)), this.converter,
				List.of((pool, runtime) -> {
					throw failure;
				}));
		assertThatIllegalStateException().isThrownBy(() -> failing.open(this.engine.getRuntime())).isSameAs(failure);
		then(this.engine.pool("default")).should().close(Duration.ZERO);
		assertThat(failing.state()).isEqualTo(RuntimeState.STOPPED);
	}

	@Test
	void optionsThatTheEngineRefusesNameThePool() {
		this.engine.failOpening("heavy", new IllegalArgumentException("no such mode"));
		assertThatExceptionOfType(InvalidPoolOptionsException.class)
			.isThrownBy(() -> this.pools.open(this.engine.getRuntime()))
			.withMessage("The Python pool 'heavy' cannot be opened: no such mode")
			.satisfies((ex) -> assertThat(ex.getPool()).isEqualTo("heavy"));
	}

	@Test
	void closedPoolsAreRefusedWithTheState() {
		this.pools.open(this.engine.getRuntime());
		this.pools.close(DRAIN);
		then(this.engine.pool("default")).should().close(DRAIN);
		then(this.engine.pool("heavy")).should().close(DRAIN);
		assertThat(this.pools.runtime()).isNull();
		assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> this.pools.get("default"))
			.withMessageEndingWith("STOPPED");
	}

	@Test
	void allPoolsDrainAtTheSameTime() {
		CyclicBarrier together = new CyclicBarrier(2);
		this.pools.open(this.engine.getRuntime());
		for (PythonPool pool : this.pools.running()) {
			willAnswer((invocation) -> together.await(10, TimeUnit.SECONDS)).given(pool).close(DRAIN);
		}
		this.pools.close(DRAIN);
		assertThat(together.isBroken()).isFalse();
	}

	@Test
	void failureToCloseOnePoolIsThrownAfterAllWereClosed() {
		IllegalStateException failure = new IllegalStateException("cannot close");
		this.pools.open(this.engine.getRuntime());
		PythonPool heavy = this.engine.pool("heavy");
		willThrow(failure).given(this.engine.pool("default")).close(any());
		assertThatIllegalStateException().isThrownBy(() -> this.pools.close(DRAIN)).isSameAs(failure);
		then(heavy).should().close(DRAIN);
		assertThat(this.pools.state()).isEqualTo(RuntimeState.STOPPED);
	}

	@Test
	void poolsMayBeOpenedAgain() {
		this.pools.open(this.engine.getRuntime());
		PythonPool first = this.pools.get("default");
		this.pools.close(DRAIN);
		this.pools.open(this.engine.getRuntime());
		assertThat(this.pools.get("default")).isNotSameAs(first);
		assertThat(this.pools.state()).isEqualTo(RuntimeState.RUNNING);
	}

	@Test
	void openPoolsCannotBeOpened() {
		this.pools.open(this.engine.getRuntime());
		assertThatIllegalStateException().isThrownBy(() -> this.pools.open(this.engine.getRuntime()))
			.withMessageContaining("RUNNING");
	}

	@Test
	void closingPoolsThatAreNotOpenDoesNothing() {
		this.pools.close(DRAIN);
		assertThat(this.pools.state()).isEqualTo(RuntimeState.UNINIT);
	}

	@Test
	void poolsWithoutADefaultOneAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new PythonPools(List.of(PoolOptions.named("heavy")), this.converter, List.of()))
			.withMessageContaining("'default'");
	}

}
