package io.pyboot.pool;

import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pool for the tests of one class. At the end its counters must balance and nothing may
 * be left in flight.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PoolTestBase {

	PythonRuntime runtime;

	PythonPool pool;

	PoolOptions options() {
		return PoolOptions.named("test").withSize(2);
	}

	@BeforeAll
	void openPool() {
		this.runtime = Engine.start();
		this.pool = PythonPool.open(this.runtime, options());
	}

	@AfterAll
	void closePool() {
		this.pool.close();
		assertBalanced(this.pool);
		this.runtime.release();
	}

	static void assertBalanced(PythonPool pool) {
		var counters = pool.counters();
		long ended = counters.get("requests.completed") + counters.get("requests.failed")
				+ counters.get("requests.timedout") + counters.get("requests.cancelled")
				+ counters.get("requests.rejected") + counters.get("requests.inflight");
		assertThat(counters.get("requests.submitted")).isEqualTo(ended);
		assertThat(counters.get("requests.inflight")).isZero();
	}

}
