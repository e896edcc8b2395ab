package io.pyboot.autoconfigure.health;

import io.pyboot.actuate.PythonHealthIndicator;
import io.pyboot.actuate.PythonReadinessGroupsPostProcessor;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PybootHealthAutoConfiguration} and
 * {@link PybootReadinessAutoConfiguration}.
 */
class PybootHealthAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootHealthAutoConfiguration.class,
				PybootReadinessAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class,
				ApplicationAvailabilityAutoConfiguration.class, AvailabilityHealthContributorAutoConfiguration.class,
				AvailabilityProbesAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=health",
				"management.endpoint.health.probes.enabled=true");

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void readinessGoesDownAndUpWithThePool() {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(status(context, "readiness")).isEqualTo(Status.UP);
			MockedEngine.contexts(this.engine.pool("default"), "STUCK", "STUCK");
			assertThat(status(context, "readiness")).isEqualTo(Status.DOWN);
			assertThat(status(context, "liveness")).isEqualTo(Status.UP);
			MockedEngine.contexts(this.engine.pool("default"), "STUCK", "IDLE");
			assertThat(status(context, "readiness")).isEqualTo(Status.UP);
		});
	}

	@Test
	void readinessStillFollowsTheApplication() {
		this.runner.run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(status(context, "readiness")).isEqualTo(Status.OUT_OF_SERVICE);
		});
	}

	@Test
	void healthHasAContributorNamedPython() {
		this.runner.run((context) -> assertThat(status(context, "python")).isEqualTo(Status.UP));
	}

	@Test
	void listedReadinessGroupIsLeftAlone() {
		this.runner.withPropertyValues("management.endpoint.health.group.readiness.include[0]=readinessState")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(PythonReadinessGroupsPostProcessor.class);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				MockedEngine.contexts(this.engine.pool("default"), "STUCK");
				assertThat(status(context, "readiness")).isEqualTo(Status.UP);
			});
	}

	@Test
	void disabledHealthIsNoPartOfReadinessEither() {
		this.runner.withPropertyValues("management.health.python.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonHealthIndicator.class)
				.doesNotHaveBean(PythonReadinessGroupsPostProcessor.class));
	}

	@Test
	void disabledPythonHasNoHealth() {
		this.runner.withPropertyValues("pyboot.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonHealthIndicator.class));
	}

	@Test
	void ownIndicatorReplacesOurs() {
		HealthIndicator own = () -> Health.up().build();
		this.runner.withBean("pythonHealthIndicator", HealthIndicator.class, () -> own)
			.run((context) -> assertThat(context).doesNotHaveBean(PythonHealthIndicator.class)
				.hasSingleBean(PythonReadinessGroupsPostProcessor.class));
	}

	@Test
	void healthModuleMayBeMissing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootHealthAutoConfiguration.class,
					PybootReadinessAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(HealthIndicator.class, HealthEndpointGroupsPostProcessor.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(PybootHealthAutoConfiguration.class)
				.doesNotHaveBean(PybootReadinessAutoConfiguration.class));
	}

	private static Status status(ApplicationContext context, String path) {
		return context.getBean(HealthEndpoint.class).healthForPath(path).getStatus();
	}

}
