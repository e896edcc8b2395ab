package io.pyboot.autoconfigure.diagnostics;

import io.pyboot.PythonCallException;
import io.pyboot.PythonPreloadException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that a module listed in {@code pyboot.preload} could not be imported, with
 * Python's traceback.
 */
class PythonPreloadFailureAnalyzer extends AbstractFailureAnalyzer<PythonPreloadException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PythonPreloadException cause) {
		StringBuilder description = new StringBuilder(cause.getMessage());
		if (cause.getCause() instanceof PythonCallException raised) {
			description.append(System.lineSeparator())
				.append(System.lineSeparator())
				.append(raised.getTraceback().stripTrailing());
		}
		return new FailureAnalysis(description.toString(),
				"Correct the module or remove '%s' from 'pyboot.preload'. A module of the application must stand in one of the locations of 'pyboot.path', any other must be installed in the Python that is used ('pyboot.python.venv')."
					.formatted(cause.getModule()),
				cause);
	}

}
