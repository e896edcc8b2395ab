package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.pyboot.PythonInstallationException;

/**
 * A virtual environment, read from its {@code pyvenv.cfg}.
 *
 * @param directory the directory that has the {@code pyvenv.cfg}
 * @param version the version of the Python that made it
 */
record VirtualEnvironment(Path directory, PythonVersion version) {

	private static final String CONFIGURATION = "pyvenv.cfg";

	static boolean is(Path directory) {
		return Files.isRegularFile(directory.resolve(CONFIGURATION));
	}

	/**
	 * Reads a virtual environment.
	 * @param directory its directory
	 * @param origin who names it, such as {@code pyboot.python.venv}
	 * @throws PythonInstallationException if it is none
	 */
	static VirtualEnvironment read(Path directory, String origin) {
		String remedy = "Set %s to a directory made by 'python -m venv'.".formatted(origin);
		Path file = directory.resolve(CONFIGURATION);
		if (!Files.isRegularFile(file)) {
			throw new PythonInstallationException("%s is '%s', which is no virtual environment: it has no %s"
				.formatted(origin, directory, CONFIGURATION), remedy);
		}
		try {
			String version = version(Files.readAllLines(file));
			return new VirtualEnvironment(directory, PythonVersion.parse(version));
		}
		catch (IOException | IllegalArgumentException ex) {
			throw new PythonInstallationException("'%s' cannot be read: %s".formatted(file, ex.getMessage()), remedy,
					ex);
		}
	}

	/**
	 * {@code venv} writes the version as {@code version}, {@code virtualenv} and
	 * {@code uv} as {@code version_info}.
	 */
	private static String version(List<String> lines) {
		for (String line : lines) {
			int equals = line.indexOf('=');
			String key = (equals < 0) ? "" : line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
			if (key.equals("version") || key.equals("version_info")) {
				return line.substring(equals + 1).strip();
			}
		}
		throw new IllegalArgumentException("it names no version");
	}

	Path executable() {
		return this.directory.resolve("bin").resolve("python");
	}

	Path sitePackages(boolean freeThreaded) {
		String python = "python" + this.version.feature() + (freeThreaded ? "t" : "");
		return this.directory.resolve("lib").resolve(python).resolve("site-packages");
	}

	/**
	 * Refuses to combine this environment with another feature version than its own:
	 * compiled packages in it would not load.
	 * @param other the version of the Python that would run
	 * @param python names that Python in the message
	 */
	void requireFeature(PythonVersion other, String python) {
		if (!this.version.feature().equals(other.feature())) {
			throw new PythonInstallationException(
					"The virtual environment '%s' was made by Python %s, but %s is Python %s".formatted(this.directory,
							this.version, python, other),
					"Make the environment again with Python %s, or use Python %s (pyboot.python.executable)."
						.formatted(other.feature(), this.version.feature()));
		}
	}

}
