package io.pyboot;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Python code raised {@code SystemExit}: by {@code sys.exit()}, {@code exit()} or by
 * hand. The JVM goes on; only the request ends.
 */
public class PythonExitException extends PythonCallException {

	private static final long serialVersionUID = 1L;

	private final int exitCode;

	/**
	 * @param exitCode the code the process would have ended with
	 * @param pythonType see {@link PythonCallException}
	 * @param pythonMessage see {@link PythonCallException}
	 * @param traceback see {@link PythonCallException}
	 * @param notes see {@link PythonCallException}
	 * @param frames see {@link PythonCallException}
	 * @param cause see {@link PythonCallException}
	 */
	public PythonExitException(int exitCode, String pythonType, String pythonMessage, String traceback,
			List<String> notes, List<Frame> frames, @Nullable Throwable cause) {
		super(pythonType, pythonMessage, traceback, notes, frames, cause);
		this.exitCode = exitCode;
	}

	/**
	 * The code that a Python process would have ended with: 0 for {@code None}, the
	 * number for an int, 1 for anything else.
	 */
	public int getExitCode() {
		return this.exitCode;
	}

}
