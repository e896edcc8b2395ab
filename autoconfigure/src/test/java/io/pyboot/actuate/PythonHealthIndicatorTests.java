package io.pyboot.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.pyboot.pool.PoolOptions;
import io.pyboot.runtime.RuntimeState;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * Tests for {@link PythonHealthIndicator}.
 */
class PythonHealthIndicatorTests {

	private final MockedEngine engine = new MockedEngine();

	private final PythonPools pools = new PythonPools(List.of(PoolOptions.named("default"), PoolOptions.named("heavy")),
			new ArgumentConverter(null), List.of());

	private final PythonHealthIndicator indicator = new PythonHealthIndicator(this.pools);

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void upWhileEveryPoolServes() {
		this.pools.open(this.engine.getRuntime());
		MockedEngine.contexts(this.engine.pool("heavy"), "BUSY", "STUCK");
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("state", "RUNNING").containsEntry("version", "3.14.3");
		assertThat(health.getDetails().get("pools")).isEqualTo(
				Map.of("default", Map.of("state", "RUNNING", "mode", "subinterpreter", "contexts", 2, "serving", 2),
						"heavy", Map.of("state", "RUNNING", "mode", "subinterpreter", "contexts", 2, "serving", 1)));
	}

	@Test
	void downWhenNoContextOfAPoolServes() {
		this.pools.open(this.engine.getRuntime());
		MockedEngine.contexts(this.engine.pool("heavy"), "STUCK", "LOST");
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("reason", "none of the 2 contexts of pool 'heavy' serves");
	}

	@Test
	void downWhenAPoolDoesNotRun() {
		this.pools.open(this.engine.getRuntime());
		given(this.engine.pool("default").state()).willReturn(RuntimeState.SHUTTING_DOWN);
		assertThat(this.indicator.health().getDetails()).containsEntry("reason", "pool 'default' is SHUTTING_DOWN");
	}

	@Test
	void downBeforeTheStartAndAfterTheStop() {
		assertDown("UNINIT");
		this.pools.open(this.engine.getRuntime());
		this.pools.close(Duration.ZERO);
		assertDown("STOPPED");
	}

	private void assertDown(String state) {
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("state", state)
			.containsEntry("reason", "Python does not run: its state is " + state);
	}

}
