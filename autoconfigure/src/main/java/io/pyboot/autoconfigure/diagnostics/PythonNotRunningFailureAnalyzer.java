package io.pyboot.autoconfigure.diagnostics;

import io.pyboot.PythonNotRunningException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that a bean called Python before it was started.
 */
class PythonNotRunningFailureAnalyzer extends AbstractFailureAnalyzer<PythonNotRunningException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PythonNotRunningException cause) {
		return new FailureAnalysis("Python was called while the application was not running. " + cause.getMessage(),
				"Python starts when all beans are made, before the web server. Call it from an ApplicationRunner or a SmartLifecycle bean of a phase above PythonLifecycle.PHASE instead of a constructor or a @PostConstruct method.",
				cause);
	}

}
