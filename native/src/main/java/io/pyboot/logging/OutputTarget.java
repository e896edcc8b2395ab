package io.pyboot.logging;

/**
 * Where an output stream of Python code goes.
 */
public enum OutputTarget {

	/**
	 * Line by line to a logger: {@code python.stdout} at level {@code INFO},
	 * {@code python.stderr} at {@code WARN}.
	 */
	LOGGER,

	/**
	 * To the stream of the process, past the log.
	 */
	THROUGH

}
