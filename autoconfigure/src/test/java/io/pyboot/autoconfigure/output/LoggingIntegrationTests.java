package io.pyboot.autoconfigure.output;

import java.time.Duration;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.state.PybootStateAutoConfiguration;
import io.pyboot.state.PythonSharedState;
import io.pyboot.template.PythonOperations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Logging, output and shared state of an application with a real CPython.
 */
@Tag("engine")
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class LoggingIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootOutputAutoConfiguration.class,
				PybootStateAutoConfiguration.class))
		.withPropertyValues("pyboot.pool.size=1", "pyboot.pools.other.size=1",
				"pyboot.python.executable=" + System.getProperty("pyboot.test.python", ""));

	@Test
	void levelsOfTheLoggingSystemHoldForPythonAndMayChange(CapturedOutput output) {
		LoggingSystem levels = LoggingSystem.get(getClass().getClassLoader());
		levels.setLogLevel("python.billing", LogLevel.INFO);
		this.runner.run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			python.exec("""
					import logging
					log = logging.getLogger("billing")
					log.info("an invoice")
					log.debug("its details")
					print("a line")
					""");
			assertThat(output).contains("an invoice").contains("a line").doesNotContain("its details");
			levels.setLogLevel("python.billing", LogLevel.DEBUG);
			await().atMost(Duration.ofSeconds(20)).until(() -> {
				python.exec("log.debug('more details')");
				return output.toString().contains("more details");
			});
		});
		levels.setLogLevel("python.billing", null);
	}

	@Test
	void poolsAndJavaShareTheState() {
		this.runner.run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			PythonSharedState state = context.getBean(PythonSharedState.class);
			python.exec("import pyboot; pyboot.state['seen'] = [1]; pyboot.state.increment('n')");
			python.pool("other").exec("import pyboot; assert pyboot.state['seen'] == [1]; pyboot.state.increment('n')");
			assertThat(state.increment("n", 1)).isEqualTo(3);
		});
	}

}
