package io.pyboot.actuate;

import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.pyboot.PythonCallException;
import io.pyboot.actuate.PythonDescriptor.ContextDescriptor;
import io.pyboot.actuate.PythonEndpoint.Action;
import io.pyboot.actuate.PythonEndpoint.ContextResult;
import io.pyboot.template.PythonFunction;
import io.pyboot.template.PythonOperations;
import io.pyboot.testing.PythonApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what the actuator shows of a real CPython.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = PythonApplication.class, webEnvironment = WebEnvironment.MOCK,
		properties = { "pyboot.pool.size=2", "pyboot.python.executable=${pyboot.test.python:}",
				"management.endpoints.web.exposure.include=*", "management.endpoint.health.probes.enabled=true" })
class PythonActuatorIntegrationTests {

	@Autowired
	private PythonOperations python;

	@Autowired
	private PythonEndpoint endpoint;

	@Autowired
	private HealthEndpoint health;

	@Autowired
	private MeterRegistry meters;

	@Test
	void readinessAndHealthAreUp() {
		assertThat(this.health.healthForPath("python").getStatus()).isEqualTo(Status.UP);
		assertThat(this.health.healthForPath("readiness").getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void requestsAreTimedByOutcome() {
		double completed = timed("completed");
		double failed = timed("failed");
		this.python.call("math:sqrt", 9);
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.call("math:sqrt", -1));
		assertThat(timed("completed")).isEqualTo(completed + 1);
		assertThat(timed("failed")).isEqualTo(failed + 1);
	}

	@Test
	void countersOfThePoolBalance() {
		this.python.call("math:sqrt", 9);
		Awaitility.await().untilAsserted(() -> {
			Map<String, Long> counters = this.endpoint.pool("default").counters();
			assertThat(counters.get("requests.submitted")).isPositive()
				.isEqualTo(counters.get("requests.completed") + counters.get("requests.failed")
						+ counters.get("requests.timedout") + counters.get("requests.cancelled")
						+ counters.get("requests.rejected") + counters.get("requests.inflight"));
		});
	}

	@Test
	void garbageIsCollectedInEachContext() {
		assertThat(this.endpoint.act("default", Action.GC, null, null).contexts()).hasSize(2)
			.allSatisfy((result) -> assertThat(result.error()).isNull())
			.extracting(ContextResult::collected)
			.doesNotContainNull();
	}

	@Test
	void restartedContextIsANewOne() {
		PythonFunction remember = this.python.function("desk:remember").args("x").context(1);
		remember.call();
		assertThat(remember.call()).isEqualTo(2L);
		long requests = this.endpoint.pool("default").contexts().get(1).requests();
		this.endpoint.act("default", Action.RESTART, 1, null);
		ContextDescriptor restarted = this.endpoint.pool("default").contexts().get(1);
		assertThat(restarted.requests()).isLessThan(requests);
		assertThat(restarted.state()).isEqualTo("IDLE");
		assertThat(remember.call()).isEqualTo(1L);
	}

	@Test
	void reloadedModuleForgetsItsState() {
		PythonFunction remember = this.python.function("desk:remember").args("x");
		for (int context = 0; context < 2; context++) {
			remember.context(context).call();
		}
		assertThat(this.endpoint.act("default", Action.RELOAD, null, "desk").contexts()).containsExactly(
				new ContextResult(0, null, List.of("desk"), null), new ContextResult(1, null, List.of("desk"), null));
		for (int context = 0; context < 2; context++) {
			assertThat(remember.context(context).call()).isEqualTo(1L);
		}
		assertThat(this.endpoint.act("default", Action.RELOAD, null, "json.decoder").contexts())
			.allSatisfy((result) -> assertThat(result.error()).contains("standard library"));
	}

	@Test
	void runtimeEventsAreMeters() {
		assertThat(this.endpoint.python().runtime().counters()).containsKey("contexts.created");
		assertThat(this.meters.get("pyboot.runtime.events").tag("event", "contexts.created").functionCounter().count())
			.isGreaterThanOrEqualTo(2);
	}

	private double timed(String outcome) {
		return this.meters.get("pyboot.requests")
			.tags("pool", "default", "kind", "call", "outcome", outcome)
			.timer()
			.count();
	}

}
