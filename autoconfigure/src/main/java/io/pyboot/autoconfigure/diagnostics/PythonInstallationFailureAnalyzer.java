package io.pyboot.autoconfigure.diagnostics;

import io.pyboot.PythonInstallationException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that no usable CPython was found.
 */
class PythonInstallationFailureAnalyzer extends AbstractFailureAnalyzer<PythonInstallationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PythonInstallationException cause) {
		return new FailureAnalysis("Python could not be started: " + cause.getMessage(), cause.getRemedy(), cause);
	}

}
