package io.pyboot.autoconfigure.health;

import io.pyboot.actuate.PythonReadinessGroupsPostProcessor;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration of Python's part in the readiness probe. It comes after Boot's own
 * post-processor, which makes the group. An application that says itself what the group
 * includes is left alone.
 */
@AutoConfiguration(after = PybootHealthAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass(HealthEndpointGroupsPostProcessor.class)
@ConditionalOnBean(name = "pythonHealthIndicator")
@Conditional(OnDefaultReadinessGroupCondition.class)
public final class PybootReadinessAutoConfiguration {

	PybootReadinessAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	static PythonReadinessGroupsPostProcessor pythonReadinessGroupsPostProcessor() {
		return new PythonReadinessGroupsPostProcessor("python");
	}

}
