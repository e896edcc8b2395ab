package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.pyboot.PythonInstallationException;

/**
 * Checks a directory that is said to be the home of a CPython: the prefix, with the
 * executable in {@code bin} and the standard library in {@code lib/pythonX.Y}.
 */
final class Homes {

	private Homes() {
	}

	/**
	 * Asks the Python in a home for its facts.
	 * @param home the directory
	 * @param origin the property that names it
	 * @param venvProperty the property to use for a virtual environment
	 * @throws PythonInstallationException if it is no home
	 */
	static PythonFacts ask(Path home, String origin, String venvProperty) {
		if (!Files.isDirectory(home)) {
			throw refused(home, origin, "which is no directory");
		}
		if (VirtualEnvironment.is(home)) {
			throw new PythonInstallationException(
					"%s is '%s', which is a virtual environment and not the home of a Python".formatted(origin, home),
					"Use %s for a virtual environment.".formatted(venvProperty));
		}
		Path executable = executable(home, origin);
		if (!hasStandardLibrary(home)) {
			throw refused(home, origin, "which has no standard library (lib/python3.*/encodings)");
		}
		PythonFacts facts = PythonFacts.ask(executable);
		requireSame(home, origin, facts, executable.toString());
		return facts;
	}

	/**
	 * Refuses a home that is not that of a Python.
	 */
	static void requireSame(Path home, String origin, PythonFacts facts, String python) {
		try {
			if (!Files.isDirectory(home) || !Files.isSameFile(home, facts.basePrefix())) {
				throw refused(home, origin, "but the home of %s is '%s'".formatted(python, facts.basePrefix()));
			}
		}
		catch (IOException ex) {
			throw unreadable(home, ex);
		}
	}

	private static Path executable(Path home, String origin) {
		Path directory = home.toAbsolutePath().resolve("bin");
		for (String name : List.of("python3", "python")) {
			if (Files.isExecutable(directory.resolve(name))) {
				return directory.resolve(name);
			}
		}
		return list(directory).stream()
			.filter((file) -> file.getFileName().toString().matches("python3\\.\\d+t?") && Files.isExecutable(file))
			.max(Path::compareTo)
			.orElseThrow(() -> refused(home, origin, "which has no executable bin/python3"));
	}

	private static boolean hasStandardLibrary(Path home) {
		return Stream.of("lib", "lib64")
			.flatMap((lib) -> list(home.resolve(lib)).stream())
			.anyMatch((directory) -> directory.getFileName().toString().startsWith("python3.")
					&& Files.isDirectory(directory.resolve("encodings")));
	}

	private static List<Path> list(Path directory) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		try (Stream<Path> children = Files.list(directory)) {
			return children.toList();
		}
		catch (IOException ex) {
			throw unreadable(directory, ex);
		}
	}

	static PythonInstallationException unreadable(Path directory, IOException cause) {
		return new PythonInstallationException("'%s' cannot be read: %s".formatted(directory, cause),
				"Let this user read it, or set pyboot.python.executable to another CPython.", cause);
	}

	private static PythonInstallationException refused(Path home, String origin, String why) {
		return new PythonInstallationException("%s is '%s', %s".formatted(origin, home, why),
				"Set %s to the prefix of a CPython: the directory that has bin/python3 and lib/python3.*."
					.formatted(origin));
	}

}
