package io.pyboot.logging;

/**
 * Where the output of the Python code of a pool goes. Contexts in mode {@code main} share
 * one interpreter and its streams: the context that started last decides for all.
 *
 * @param stdout where {@code sys.stdout} goes
 * @param stderr where {@code sys.stderr} goes
 */
public record PythonOutput(OutputTarget stdout, OutputTarget stderr) {

	/** Both to loggers. */
	public static final PythonOutput DEFAULT = new PythonOutput(OutputTarget.LOGGER, OutputTarget.LOGGER);

}
