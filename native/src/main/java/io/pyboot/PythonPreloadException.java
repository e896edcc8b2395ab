package io.pyboot;

/**
 * A module listed for preloading could not be imported, so the pool did not start.
 */
public class PythonPreloadException extends PythonException {

	private static final long serialVersionUID = 1L;

	private final String module;

	/**
	 * @param module the module as it was listed
	 * @param pool the pool that was starting
	 * @param cause what the import raised
	 */
	public PythonPreloadException(String module, String pool, Throwable cause) {
		super("Preloading the Python module '" + module + "' for pool '" + pool + "' failed: " + cause.getMessage(),
				cause);
		this.module = module;
	}

	/**
	 * The module as it was listed.
	 */
	public String getModule() {
		return this.module;
	}

}
