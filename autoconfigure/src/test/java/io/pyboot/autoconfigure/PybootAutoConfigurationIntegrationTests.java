package io.pyboot.autoconfigure;

import io.pyboot.PythonCallException;
import io.pyboot.PythonInstallationException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonPreloadException;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeState;
import io.pyboot.template.PythonOperations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PybootAutoConfiguration} with a real CPython.
 */
@Tag("engine")
@Timeout(120)
class PybootAutoConfigurationIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootJacksonAutoConfiguration.class,
				LifecycleAutoConfiguration.class))
		.withPropertyValues("pyboot.pool.size=1",
				"pyboot.python.executable=" + System.getProperty("pyboot.test.python", ""));

	@Test
	void templateServesWhileTheContextRuns() {
		this.runner.run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			assertThat(python.call("math:sqrt", 9)).isEqualTo(3.0);
			assertThat(PythonRuntime.currentState()).isEqualTo(RuntimeState.RUNNING);
			context.close();
			assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> python.call("math:sqrt", 9));
		});
	}

	@Test
	void stoppedContextStartsAgain() {
		this.runner.run((context) -> {
			ConfigurableApplicationContext source = context
				.getSourceApplicationContext(ConfigurableApplicationContext.class);
			PythonOperations python = context.getBean(PythonOperations.class);
			source.stop();
			assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> python.eval("1"));
			source.start();
			assertThat(python.eval("1")).isEqualTo(1L);
		});
	}

	@Test
	void contextsShareTheRuntime() {
		this.runner.run((first) -> {
			this.runner.run((second) -> {
				first.getBean(PythonOperations.class).exec("mine = 1");
				assertThat(second.getBean(PythonOperations.class).eval("'mine' in globals()")).isEqualTo(false);
			});
			assertThat(first.getBean(PythonOperations.class).eval("mine")).isEqualTo(1L);
		});
	}

	@Test
	void failedPreloadFailsTheContextAndLeavesARuntimeThatStartsAgain() {
		this.runner.withPropertyValues("pyboot.preload=broken")
			.run((context) -> assertThat(context).getFailure()
				.cause()
				.isInstanceOf(PythonPreloadException.class)
				.hasCauseInstanceOf(PythonCallException.class)
				.hasMessageContaining("broken on purpose"));
		templateServesWhileTheContextRuns();
	}

	@Test
	void executableThatIsNoPythonFailsTheContextWithARemedy() {
		this.runner.withPropertyValues("pyboot.python.executable=/no/such/python")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(PythonInstallationException.class)
				.hasMessageContaining("/no/such/python"));
	}

}
