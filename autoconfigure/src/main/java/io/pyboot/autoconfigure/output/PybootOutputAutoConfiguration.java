package io.pyboot.autoconfigure.output;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.PythonPoolCustomizer;
import io.pyboot.logging.PythonOutput;
import io.pyboot.template.PythonPools;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of where the output of Python code goes, in all pools.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@ConditionalOnBean(PythonPools.class)
@EnableConfigurationProperties(PythonOutputProperties.class)
public final class PybootOutputAutoConfiguration {

	PybootOutputAutoConfiguration() {
	}

	/** Comes first, so that customizers of the application may change it. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	PythonPoolCustomizer pythonOutputCustomizer(PythonOutputProperties properties) {
		PythonOutput output = new PythonOutput(properties.stdout(), properties.stderr());
		return (options) -> options.withOutput(output);
	}

}
