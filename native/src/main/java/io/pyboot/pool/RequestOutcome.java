package io.pyboot.pool;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;

/**
 * How a request ended. Each has exactly one.
 */
public enum RequestOutcome {

	/** With a result. */
	COMPLETED,
	/** With an error of Python, of the conversion, or of the context. */
	FAILED,
	/** Past its deadline. */
	TIMED_OUT,
	/** Given up by its caller or by the stop of the pool. */
	CANCELLED,
	/** Never accepted: overloaded or not running. */
	REJECTED;

	static RequestOutcome of(Throwable failure) {
		if (failure instanceof PythonTimeoutException) {
			return TIMED_OUT;
		}
		if (failure instanceof PythonCancelledException) {
			return CANCELLED;
		}
		if (failure instanceof PythonOverloadedException || failure instanceof PythonNotRunningException) {
			return REJECTED;
		}
		return FAILED;
	}

}
