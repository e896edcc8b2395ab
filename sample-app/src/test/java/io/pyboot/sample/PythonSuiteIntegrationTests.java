package io.pyboot.sample;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.pyboot.template.PythonOperations;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The unit tests of the Python modules, run by {@code unittest} inside a context.
 */
class PythonSuiteIntegrationTests extends AbstractDeskIntegrationTests {

	private static final String SUITE = """
			import io
			import sys
			import unittest

			sys.path.insert(0, folder)
			try:
			    suite = unittest.defaultTestLoader.discover(folder)
			finally:
			    sys.path.remove(folder)
			output = io.StringIO()
			result = unittest.TextTestRunner(stream=output, verbosity=2).run(suite)
			""";

	private final PythonOperations python;

	PythonSuiteIntegrationTests(@Autowired PythonOperations python) {
		this.python = python;
	}

	@Test
	void pythonTestsPassInAContext() {
		List<?> outcome = this.python.execute((session) -> {
			session.exec(SUITE, Map.of("folder", Path.of("src/test/python").toAbsolutePath().toString()));
			return session.eval("[result.testsRun, result.wasSuccessful(), output.getvalue()]", List.class);
		});
		assertThat(outcome).isNotNull();
		assertThat(outcome.get(1)).as(String.valueOf(outcome.get(2))).isEqualTo(true);
		assertThat(((Number) outcome.get(0)).intValue()).isGreaterThanOrEqualTo(48);
	}

}
