package io.pyboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.metrics.PythonPoolMeters;
import io.pyboot.metrics.PythonRequestTimers;
import io.pyboot.metrics.PythonRuntimeCounters;
import io.pyboot.template.PythonPools;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters of the pools and of the runtime.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, PythonPools.class })
public final class PybootMetricsAutoConfiguration {

	PybootMetricsAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	PythonPoolMeters pythonPoolMeters(PythonPools pools) {
		return new PythonPoolMeters(pools);
	}

	@Bean
	@ConditionalOnMissingBean
	PythonRequestTimers pythonRequestTimers(MeterRegistry registry) {
		return new PythonRequestTimers(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	PythonRuntimeCounters pythonRuntimeCounters(MeterRegistry registry) {
		return new PythonRuntimeCounters(registry);
	}

}
