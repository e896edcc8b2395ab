package io.pyboot.autoconfigure.diagnostics;

import java.util.List;
import java.util.Objects;

import io.pyboot.PythonCallException;
import io.pyboot.PythonInstallationException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonPreloadException;
import io.pyboot.callable.InvalidPythonCallableException;
import io.pyboot.template.InvalidPoolOptionsException;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the failure analyzers, through the registration that Boot uses.
 */
class FailureAnalyzersTests {

	@Test
	void missingPythonIsExplainedWithItsRemedy() {
		FailureAnalysis analysis = analyze(
				new PythonInstallationException("'/x' is no Python.", "Set 'pyboot.python.home'."));
		assertThat(analysis.getDescription()).isEqualTo("Python could not be started: '/x' is no Python.");
		assertThat(analysis.getAction()).isEqualTo("Set 'pyboot.python.home'.");
	}

	@Test
	void failedPreloadIsExplainedWithTheTraceback() {
		PythonCallException raised = new PythonCallException("ModuleNotFoundError", "No module named 'weather'",
				"Traceback (most recent call last):\nModuleNotFoundError: No module named 'weather'\n", List.of(),
				List.of(), null);
		FailureAnalysis analysis = analyze(new PythonPreloadException("weather", "default", raised));
		assertThat(analysis.getDescription())
			.startsWith("Preloading the Python module 'weather' for pool 'default' failed")
			.endsWith("ModuleNotFoundError: No module named 'weather'");
		assertThat(analysis.getAction()).contains("remove 'weather' from 'pyboot.preload'").contains("'pyboot.path'");
	}

	@Test
	void methodThatCannotBeACallbackIsExplainedWithItsRemedy() {
		FailureAnalysis analysis = analyze(
				new InvalidPythonCallableException("Two methods are called 'price'.", "Rename one.", null));
		assertThat(analysis.getDescription()).isEqualTo("Two methods are called 'price'.");
		assertThat(analysis.getAction()).isEqualTo("Rename one.");
	}

	@Test
	void refusedPoolIsExplainedByItsProperties() {
		FailureAnalysis analysis = analyze(
				new InvalidPoolOptionsException("heavy", new IllegalArgumentException("no such mode")));
		assertThat(analysis.getDescription()).isEqualTo("The Python pool 'heavy' cannot be opened: no such mode");
		assertThat(analysis.getAction()).contains("'pyboot.pools.heavy'");
	}

	@Test
	void refusedPropertyIsExplainedWhereverItComesFrom() {
		FailureAnalysis analysis = analyze(
				new InvalidConfigurationPropertyValueException("pyboot.pool.size", 0, "size must be from 1 to 256"));
		assertThat(analysis.getDescription())
			.isEqualTo("The value '0' of the property 'pyboot.pool.size' is invalid: size must be from 1 to 256");
		assertThat(analysis.getAction()).isEqualTo("Correct the property 'pyboot.pool.size'.");
	}

	@Test
	void callBeforeTheStartIsExplained() {
		FailureAnalysis analysis = analyze(new PythonNotRunningException("Its state is UNINIT"));
		assertThat(analysis.getDescription()).endsWith("Its state is UNINIT");
		assertThat(analysis.getAction()).contains("ApplicationRunner");
	}

	private static FailureAnalysis analyze(RuntimeException failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class,
					ArgumentResolver.of(Environment.class, new MockEnvironment())
						.and(BeanFactory.class, new DefaultListableBeanFactory()),
					FailureHandler.logging(LogFactory.getLog(FailureAnalyzersTests.class)))
			.stream()
			.map((analyzer) -> analyzer.analyze(new ApplicationContextException("Failed to start bean", failure)))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow();
	}

}
