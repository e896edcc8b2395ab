package io.pyboot.autoconfigure.diagnostics;

import io.pyboot.template.InvalidPoolOptionsException;
import io.pyboot.template.PythonPools;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that the engine refused the options of a pool.
 */
class InvalidPoolOptionsFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPoolOptionsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidPoolOptionsException cause) {
		String pool = cause.getPool();
		String prefix = PythonPools.DEFAULT.equals(pool) ? "pyboot.pool" : "pyboot.pools." + pool;
		return new FailureAnalysis(cause.getMessage(),
				"Correct the properties below '%s', or the PythonPoolCustomizer that changes this pool."
					.formatted(prefix),
				cause);
	}

}
