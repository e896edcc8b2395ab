package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * A value cannot cross between Java and Python as it is. The message names the type and
 * the path to the value, such as {@code result[3]['x']}.
 */
public class PythonConversionException extends PythonException {

	private static final long serialVersionUID = 1L;

	public PythonConversionException(String message) {
		super(message);
	}

	public PythonConversionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
