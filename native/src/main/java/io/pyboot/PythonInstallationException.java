package io.pyboot;

import org.jspecify.annotations.Nullable;

/**
 * No usable CPython was found, or the one that was asked for cannot be used. The message
 * says what was looked at, {@link #getRemedy()} what to do about it.
 */
public class PythonInstallationException extends PythonException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	/**
	 * @param message what is wrong, naming the file, version or property
	 * @param remedy what the user can do, as a full sentence
	 */
	public PythonInstallationException(String message, String remedy) {
		this(message, remedy, null);
	}

	/**
	 * @param message what is wrong, naming the file, version or property
	 * @param remedy what the user can do, as a full sentence
	 * @param cause the error behind it, or {@code null}
	 */
	public PythonInstallationException(String message, String remedy, @Nullable Throwable cause) {
		super(message, cause);
		this.remedy = remedy;
	}

	/**
	 * What the user can do about it, as a full sentence.
	 */
	public String getRemedy() {
		return this.remedy;
	}

}
