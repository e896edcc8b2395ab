package io.pyboot.autoconfigure.diagnostics;

import io.pyboot.callable.InvalidPythonCallableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that an annotated method cannot be a callback.
 */
class InvalidPythonCallableFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPythonCallableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidPythonCallableException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.getRemedy(), cause);
	}

}
