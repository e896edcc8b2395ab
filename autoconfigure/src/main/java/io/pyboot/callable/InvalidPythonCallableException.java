package io.pyboot.callable;

import org.jspecify.annotations.Nullable;

/**
 * A method annotated with {@link PythonCallable} cannot be a callback. Ends the start of
 * the application.
 */
public class InvalidPythonCallableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	/**
	 * @param message what is wrong, naming the bean and the method
	 * @param remedy what to do about it
	 * @param cause why, or {@code null}
	 */
	public InvalidPythonCallableException(String message, String remedy, @Nullable Throwable cause) {
		super(message, cause);
		this.remedy = remedy;
	}

	/**
	 * What to do about it.
	 */
	public String getRemedy() {
		return this.remedy;
	}

}
