package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * Work was offered while the runtime or the pool does not run. The message names the
 * state.
 */
public class PythonNotRunningException extends PythonException {

	private static final long serialVersionUID = 1L;

	public PythonNotRunningException(String message) {
		super(message);
	}

	public PythonNotRunningException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
