package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * The request was given up: its future was cancelled, its caller's thread was
 * interrupted, or the pool stopped while it ran.
 */
public class PythonCancelledException extends PythonException {

	private static final long serialVersionUID = 1L;

	public PythonCancelledException(String message) {
		super(message);
	}

	public PythonCancelledException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
