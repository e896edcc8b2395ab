package io.pyboot.autoconfigure.health;

import io.pyboot.actuate.PythonHealthIndicator;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.template.PythonPools;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health contributor {@code python}.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(PythonPools.class)
@ConditionalOnEnabledHealthIndicator("python")
public final class PybootHealthAutoConfiguration {

	PybootHealthAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = "pythonHealthIndicator")
	PythonHealthIndicator pythonHealthIndicator(PythonPools pools) {
		return new PythonHealthIndicator(pools);
	}

}
