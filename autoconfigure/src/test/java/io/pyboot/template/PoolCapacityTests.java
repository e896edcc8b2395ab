package io.pyboot.template;

import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PoolCapacity}.
 */
class PoolCapacityTests {

	private final PythonPool pool = MockedEngine.pool(PoolOptions.named("default"));

	@Test
	void idleAndBusyContextsServe() {
		MockedEngine.contexts(this.pool, "IDLE", "BUSY", "STUCK", "LOST");
		assertThat(PoolCapacity.of(this.pool)).isEqualTo(new PoolCapacity(4, 2));
		assertThat(PoolCapacity.of(this.pool).canServe()).isTrue();
	}

	@Test
	void poolOfStuckContextsCannotServe() {
		MockedEngine.contexts(this.pool, "STUCK", "STUCK");
		assertThat(PoolCapacity.of(this.pool).canServe()).isFalse();
	}

}
