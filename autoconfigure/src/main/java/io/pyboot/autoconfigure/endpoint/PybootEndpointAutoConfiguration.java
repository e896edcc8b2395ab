package io.pyboot.autoconfigure.endpoint;

import java.time.Duration;

import io.pyboot.actuate.PythonEndpoint;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.template.PythonPools;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the actuator endpoint {@code python}.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(PythonPools.class)
@ConditionalOnAvailableEndpoint(PythonEndpoint.class)
public final class PybootEndpointAutoConfiguration {

	private static final Duration GC_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration RELOAD_TIMEOUT = Duration.ofSeconds(30);

	PybootEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	PythonEndpoint pythonEndpoint(PythonPools pools) {
		return new PythonEndpoint(pools, GC_TIMEOUT, RELOAD_TIMEOUT);
	}

}
