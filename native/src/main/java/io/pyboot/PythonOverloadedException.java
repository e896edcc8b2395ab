package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * No context became free within {@code max-wait}, or too many callers wait already. Try
 * again later, or make the pool larger.
 */
public class PythonOverloadedException extends PythonException {

	private static final long serialVersionUID = 1L;

	public PythonOverloadedException(String message) {
		super(message);
	}

	public PythonOverloadedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
