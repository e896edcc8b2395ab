package io.pyboot.callback;

import io.pyboot.PythonException;

/**
 * The arguments of a callback do not suit it. Python code gets a {@code TypeError}.
 */
public class CallbackArgumentException extends PythonException {

	private static final long serialVersionUID = 1L;

	/**
	 * @param message what is wrong, naming the callback and the argument
	 */
	public CallbackArgumentException(String message) {
		super(message);
	}

}
