package io.pyboot.autoconfigure.info;

import io.pyboot.actuate.PythonInfoContributor;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.template.PythonPools;

import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the info contributor {@code python}.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@ConditionalOnClass({ InfoContributor.class, ConditionalOnEnabledInfoContributor.class })
@ConditionalOnBean(PythonPools.class)
@ConditionalOnEnabledInfoContributor("python")
public final class PybootInfoAutoConfiguration {

	PybootInfoAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	PythonInfoContributor pythonInfoContributor(PythonPools pools) {
		return new PythonInfoContributor(pools);
	}

}
