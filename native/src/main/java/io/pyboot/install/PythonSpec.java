package io.pyboot.install;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * What the user said about the CPython to use. At most one of executable, home and venv
 * is needed; with none of them the bundled CPython, then an active virtual environment,
 * then {@code python3} on the {@code PATH} is taken.
 *
 * @param executable a Python executable, or {@code null}
 * @param home the prefix of an installation ({@code bin/python3} is below it), or
 * {@code null}
 * @param venv a virtual environment, or {@code null}
 * @param cacheDirectory where CPython and libpyboot are unpacked; {@code null} for the
 * user's cache directory with the temporary directory as fallback
 */
public record PythonSpec(@Nullable Path executable, @Nullable Path home, @Nullable Path venv,
		@Nullable Path cacheDirectory) {

	/**
	 * Nothing configured.
	 */
	public static final PythonSpec DEFAULT = new PythonSpec(null, null, null, null);

}
