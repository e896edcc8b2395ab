package io.pyboot.autoconfigure.info;

import io.pyboot.actuate.PythonInfoContributor;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PybootInfoAutoConfiguration}.
 */
class PybootInfoAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootInfoAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void infoTellsAboutPython() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(PythonInfoContributor.class));
	}

	@Test
	void infoCanBeDisabled() {
		this.runner.withPropertyValues("management.info.python.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonInfoContributor.class));
	}

	@Test
	void actuatorMayBeMissing() {
		this.runner.withClassLoader(new FilteredClassLoader(InfoContributor.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PybootInfoAutoConfiguration.class));
	}

}
