package io.pyboot.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import io.pyboot.PythonInstallationException;
import org.jspecify.annotations.Nullable;

/**
 * What a Python executable says about itself, asked in a child process before anything of
 * it is loaded into the JVM.
 *
 * @param implementation {@code CPython}, {@code PyPy}, ...
 * @param version its version
 * @param freeThreaded whether it was built without the GIL
 * @param executable its {@code sys.executable}
 * @param prefix its {@code sys.prefix}
 * @param basePrefix its {@code sys.base_prefix}, which differs from the prefix in a
 * virtual environment
 * @param standardLibrary the directory that {@code os.py} is in
 * @param library the shared library it runs on or was installed with, or {@code null}
 * @param sitePackages the {@code site-packages} on its path that do not belong to the
 * base installation
 * @param path its {@code sys.path}
 */
record PythonFacts(String implementation, PythonVersion version, boolean freeThreaded, Path executable, Path prefix,
		Path basePrefix, Path standardLibrary, @Nullable Path library, List<Path> sitePackages, List<Path> path) {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String SCRIPT = script("facts.py");

	private static final String MARKER = "pyboot-facts";

	private static final int FIXED = 10;

	/**
	 * Asks an executable.
	 * @param executable a file that may be executed
	 * @throws PythonInstallationException if it is no Python 3, or does not answer
	 */
	static PythonFacts ask(Path executable) {
		return ask(executable, LIMIT);
	}

	static PythonFacts ask(Path executable, Duration limit) {
		String output = ChildProcess.run(executable, List.of("-I", "-c", SCRIPT), limit);
		// A wrapper script or a sitecustomize may have written something before.
		String[] values = output.substring(Math.max(0, output.lastIndexOf(MARKER))).split("\0", -1);
		if (values.length < FIXED || !MARKER.equals(values[0])) {
			throw new PythonInstallationException("'%s' is not a Python executable".formatted(executable),
					"Set pyboot.python.executable to the executable of a CPython 3.12 to 3.14.");
		}
		int sites = Integer.parseInt(values[FIXED - 1]);
		return new PythonFacts(values[1], PythonVersion.parse(values[2]), "1".equals(values[3]), Path.of(values[4]),
				Path.of(values[5]).normalize(), Path.of(values[6]).normalize(), Path.of(values[7]),
				values[8].isEmpty() ? null : Path.of(values[8]), paths(values, FIXED, FIXED + sites),
				paths(values, FIXED + sites, values.length - 1));
	}

	/**
	 * Whether the executable is that of a virtual environment.
	 */
	boolean isVirtualEnvironment() {
		return !this.prefix.equals(this.basePrefix);
	}

	/**
	 * Reads a Python script that stands beside this class.
	 */
	static String script(String name) {
		try (InputStream in = PythonFacts.class.getResourceAsStream(name)) {
			if (in == null) {
				throw new IllegalStateException("The resource '" + name + "' is missing");
			}
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<Path> paths(String[] values, int from, int to) {
		return Arrays.stream(values, from, to).map(Path::of).toList();
	}

}
