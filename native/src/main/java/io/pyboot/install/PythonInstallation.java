package io.pyboot.install;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A CPython that was found, checked and is ready to be loaded.
 *
 * @param source how it was found
 * @param version its version
 * @param freeThreaded whether it was built without the GIL (PEP 703)
 * @param executable its executable, which becomes {@code sys.executable}; that of the
 * virtual environment if there is one
 * @param home its base prefix, which becomes {@code PYTHONHOME}
 * @param library its shared library (libpython)
 * @param venv the virtual environment in use, or {@code null}
 * @param sitePaths directories of {@code sys.path} that CPython would not compute from
 * {@code home} and {@code executable} by itself; handed to {@code site.addsitedir}
 * @param companions shared libraries that must be loaded before libpython, in order
 */
public record PythonInstallation(Source source, PythonVersion version, boolean freeThreaded, Path executable, Path home,
		Path library, @Nullable Path venv, List<Path> sitePaths, List<Path> companions) {

	/**
	 * How a CPython was found.
	 */
	public enum Source {

		/** By {@code pyboot.python.executable}, {@code home} or {@code venv}. */
		CONFIGURED,
		/** Unpacked from the Maven artifact on the class path. */
		BUNDLED,
		/** The active virtual environment ({@code VIRTUAL_ENV}). */
		ACTIVE_VENV,
		/** {@code python3} on the {@code PATH}. */
		PATH

	}

}
