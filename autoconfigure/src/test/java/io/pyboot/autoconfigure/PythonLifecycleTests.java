package io.pyboot.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.pyboot.PythonInstallationException;
import io.pyboot.PythonPreloadException;
import io.pyboot.install.PythonSpec;
import io.pyboot.pool.PoolOptions;
import io.pyboot.runtime.RuntimeOptions;
import io.pyboot.runtime.RuntimeState;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link PythonLifecycle}.
 */
class PythonLifecycleTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(25);

	private final MockedEngine engine = new MockedEngine();

	private final PythonPools pools = new PythonPools(List.of(PoolOptions.named("default")),
			new ArgumentConverter(null), List.of());

	private final PythonLifecycle lifecycle = new PythonLifecycle(new RuntimeOptions(PythonSpec.DEFAULT), this.pools,
			TIMEOUT);

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void startsBeforeTheWebServerAndTheTaskExecutors() {
		int webServerGracefulShutdown = Integer.MAX_VALUE - 1024;
		int taskExecutors = Integer.MAX_VALUE / 2;
		assertThat(this.lifecycle.getPhase()).isLessThan(taskExecutors).isLessThan(webServerGracefulShutdown);
		assertThat(this.lifecycle.isAutoStartup()).isTrue();
	}

	@Test
	void startOpensThePools() {
		assertThat(this.lifecycle.isRunning()).isFalse();
		this.lifecycle.start();
		assertThat(this.lifecycle.isRunning()).isTrue();
		assertThat(this.pools.state()).isEqualTo(RuntimeState.RUNNING);
	}

	@Test
	void stopDrainsThePoolsThenReleasesTheRuntime() {
		this.lifecycle.start();
		this.lifecycle.stop();
		InOrder order = inOrder(this.engine.pool("default"), this.engine.getRuntime());
		order.verify(this.engine.pool("default")).close(TIMEOUT);
		order.verify(this.engine.getRuntime()).release();
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void startAndStopMayBeRepeated() {
		this.lifecycle.start();
		this.lifecycle.start();
		this.lifecycle.stop();
		this.lifecycle.stop();
		this.lifecycle.start();
		assertThat(this.lifecycle.isRunning()).isTrue();
		this.lifecycle.stop();
		then(this.engine.getRuntime()).should(times(2)).release();
	}

	@Test
	void failedPoolReleasesTheRuntime() {
		PythonPreloadException failure = new PythonPreloadException("x", "default", new IllegalStateException("no"));
		this.engine.failOpening("default", failure);
		assertThatExceptionOfType(PythonPreloadException.class).isThrownBy(this.lifecycle::start).isSameAs(failure);
		then(this.engine.getRuntime()).should().release();
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void failedRuntimeLeavesNothingToStop() {
		this.engine.failStart(new PythonInstallationException("none found", "Install one."));
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(this.lifecycle::start);
		assertThat(this.lifecycle.isRunning()).isFalse();
		this.lifecycle.stop();
		then(this.engine.getRuntime()).shouldHaveNoInteractions();
	}

	@Test
	void runtimeIsReleasedThoughAPoolDoesNotClose() {
		this.lifecycle.start();
		willThrow(new IllegalStateException("cannot close")).given(this.engine.pool("default")).close(any());
		assertThatIllegalStateException().isThrownBy(this.lifecycle::stop);
		then(this.engine.getRuntime()).should().release();
	}

}
