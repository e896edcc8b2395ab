package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * Root of everything that Pyboot throws. Unchecked; each subclass stands for one thing a
 * caller may do about it.
 */
public abstract class PythonException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	protected PythonException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	protected PythonException(String message) {
		super(message);
	}

}
