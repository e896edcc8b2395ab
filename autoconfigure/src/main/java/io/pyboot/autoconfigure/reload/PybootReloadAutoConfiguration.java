package io.pyboot.autoconfigure.reload;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.PybootProperties;
import io.pyboot.install.CacheDirectory;
import io.pyboot.runtime.RuntimeOptions;
import io.pyboot.template.PythonPools;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration of {@link PythonSourceWatcher}.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@Conditional(OnReloadWatchCondition.class)
@ConditionalOnBean({ PythonPools.class, RuntimeOptions.class })
public final class PybootReloadAutoConfiguration {

	PybootReloadAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	PythonSourceWatcher pythonSourceWatcher(PythonPools pools, PybootProperties properties, RuntimeOptions options) {
		return new PythonSourceWatcher(pools, properties.reload().quietPeriod(),
				CacheDirectory.resolve(options.python().cacheDirectory()).path());
	}

}
