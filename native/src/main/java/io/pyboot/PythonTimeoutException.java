package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * The deadline of a request passed before its answer came. A request that was still
 * queued never runs; one that ran was interrupted by name.
 */
public class PythonTimeoutException extends PythonException {

	private static final long serialVersionUID = 1L;

	public PythonTimeoutException(String message) {
		super(message);
	}

	public PythonTimeoutException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
