package io.pyboot.autoconfigure.output;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.PythonPoolCustomizer;
import io.pyboot.logging.OutputTarget;
import io.pyboot.logging.PythonOutput;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PybootOutputAutoConfiguration}.
 */
class PybootOutputAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootOutputAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void outputGoesToLoggers() {
		this.runner.run((context) -> assertThat(this.engine.pool("default").options().output())
			.isEqualTo(new PythonOutput(OutputTarget.LOGGER, OutputTarget.LOGGER)));
	}

	@Test
	void outputGoesWhereThePropertiesSayInEveryPool() {
		this.runner
			.withPropertyValues("pyboot.output.stdout=through", "pyboot.output.stderr=logger",
					"pyboot.pools.heavy.size=1")
			.run((context) -> {
				PythonOutput expected = new PythonOutput(OutputTarget.THROUGH, OutputTarget.LOGGER);
				assertThat(this.engine.pool("default").options().output()).isEqualTo(expected);
				assertThat(this.engine.pool("heavy").options().output()).isEqualTo(expected);
			});
	}

	@Test
	void customizersHaveTheLastWord() {
		PythonOutput own = new PythonOutput(OutputTarget.THROUGH, OutputTarget.THROUGH);
		this.runner.withBean(PythonPoolCustomizer.class, () -> (options) -> options.withOutput(own))
			.run((context) -> assertThat(this.engine.pool("default").options().output()).isEqualTo(own));
	}

	@Test
	void unknownTargetNamesTheProperty() {
		this.runner.withPropertyValues("pyboot.output.stdout=nowhere")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("pyboot.output.stdout"));
	}

	@Test
	void thereIsNoneWithoutPython() {
		this.runner.withPropertyValues("pyboot.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PythonPoolCustomizer.class));
	}

}
