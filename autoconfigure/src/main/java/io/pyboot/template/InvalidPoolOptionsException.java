package io.pyboot.template;

import io.pyboot.PythonException;

/**
 * The engine refused the options of a pool, for example a mode that the CPython in use
 * does not support. Correct the options.
 */
public class InvalidPoolOptionsException extends PythonException {

	private static final long serialVersionUID = 1L;

	private final String pool;

	public InvalidPoolOptionsException(String pool, IllegalArgumentException cause) {
		super("The Python pool '%s' cannot be opened: %s".formatted(pool, cause.getMessage()), cause);
		this.pool = pool;
	}

	/**
	 * Name of the pool.
	 */
	public String getPool() {
		return this.pool;
	}

}
