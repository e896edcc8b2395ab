package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * The context that had the request is gone, and the answer with it. Whether the request
 * took effect is unknown.
 */
public class PythonContextLostException extends PythonException {

	private static final long serialVersionUID = 1L;

	public PythonContextLostException(String message) {
		super(message);
	}

	public PythonContextLostException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
