package io.pyboot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Modules could not be reloaded, and every context goes on with the code that it had. The
 * cause is what the first context that failed reported: for an error in the new code a
 * {@link PythonCallException} with the traceback.
 */
public class PythonReloadException extends PythonException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String module;

	private final @Nullable String file;

	private final int line;

	private final Map<Integer, String> failures;

	/**
	 * @param message what was to be reloaded and what went wrong
	 * @param module the module whose code failed, or {@code null} if none did
	 * @param file its file, or {@code null}
	 * @param line the line that failed, 1-based, or -1 if unknown
	 * @param failures by index of the context, what went wrong in it
	 * @param cause the first failure
	 */
	public PythonReloadException(String message, @Nullable String module, @Nullable String file, int line,
			Map<Integer, String> failures, Throwable cause) {
		super(message, cause);
		this.module = module;
		this.file = file;
		this.line = line;
		this.failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
	}

	/**
	 * The module whose code failed, which may be one that imports the module asked for;
	 * {@code null} if the reload failed for another reason.
	 */
	public @Nullable String getModule() {
		return this.module;
	}

	/**
	 * The file of that module, or {@code null}.
	 */
	public @Nullable String getFile() {
		return this.file;
	}

	/**
	 * The line of the file that failed, 1-based, or -1 if unknown.
	 */
	public int getLine() {
		return this.line;
	}

	/**
	 * What went wrong in each context that failed, by its index.
	 */
	public Map<Integer, String> getFailures() {
		return this.failures;
	}

}
