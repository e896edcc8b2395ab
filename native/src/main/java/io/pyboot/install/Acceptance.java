package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.PythonInstallation.Source;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a CPython can be loaded into the JVM, given its facts. What is refused
 * here would otherwise end the JVM or fail in a way that does not tell the cause.
 */
final class Acceptance {

	static final PythonVersion OLDEST = new PythonVersion(3, 12, 0);

	static final PythonVersion NEWEST = new PythonVersion(3, 14, 0);

	private static final String TAKE_ANOTHER = "Set pyboot.python.executable to a CPython 3.12 to 3.14, or add "
			+ "the bundled CPython to the class path (org.bytedeco:cpython with the classifier %s)."
				.formatted(Platform.current().folder());

	private Acceptance() {
	}

	/**
	 * Accepts a Python by its facts; the virtual environment is the one it belongs to.
	 */
	static PythonInstallation accept(Source source, PythonFacts facts) {
		VirtualEnvironment venv = null;
		if (facts.isVirtualEnvironment() && VirtualEnvironment.is(facts.prefix())) {
			venv = VirtualEnvironment.read(facts.prefix(), "sys.prefix");
		}
		return accept(source, facts, venv);
	}

	/**
	 * Accepts a Python by its facts, in combination with a virtual environment.
	 * @throws PythonInstallationException if it cannot be used
	 */
	static PythonInstallation accept(Source source, PythonFacts facts, @Nullable VirtualEnvironment venv) {
		Path executable = facts.executable();
		requireVersion(facts);
		if (venv != null) {
			venv.requireFeature(facts.version(), "'" + executable + "'");
		}
		Path home = home(facts);
		Path library = facts.library();
		if (library == null) {
			throw new PythonInstallationException(
					"'%s' (Python %s) was built without a shared library (libpython%s.so), which the JVM needs to load it"
						.formatted(executable, facts.version(), facts.version().feature()),
					("Install the shared library (on Debian and Ubuntu: apt install libpython%s), or build Python with "
							+ "--enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install %s). %s")
						.formatted(facts.version().feature(), facts.version(), TAKE_ANOTHER));
		}
		if (venv == null) {
			return new PythonInstallation(source, facts.version(), facts.freeThreaded(), executable, home, library,
					null, facts.sitePackages(), List.of());
		}
		boolean own = facts.prefix().equals(venv.directory().normalize());
		return new PythonInstallation(source, facts.version(), facts.freeThreaded(),
				own ? executable : executable(venv, executable), home, library, venv.directory(),
				own ? facts.sitePackages() : List.of(venv.sitePackages(facts.freeThreaded())), List.of());
	}

	/**
	 * The executable of a virtual environment, or another one if that does not exist or
	 * is a dangling link, as after copying the environment to another machine.
	 */
	static Path executable(VirtualEnvironment venv, Path otherwise) {
		return Files.isExecutable(venv.executable()) ? venv.executable() : otherwise;
	}

	private static void requireVersion(PythonFacts facts) {
		if (!"CPython".equals(facts.implementation())) {
			throw new PythonInstallationException("'%s' is %s, but only CPython can be loaded into the JVM"
				.formatted(facts.executable(), facts.implementation()), TAKE_ANOTHER);
		}
		PythonVersion version = facts.version();
		if (!version.isAtLeast(OLDEST.major(), OLDEST.minor())
				|| version.isAtLeast(NEWEST.major(), NEWEST.minor() + 1)) {
			throw new PythonInstallationException("'%s' is Python %s, but CPython %s to %s can be loaded into the JVM"
				.formatted(facts.executable(), version, OLDEST.feature(), NEWEST.feature()), TAKE_ANOTHER);
		}
	}

	/**
	 * CPython ends the process ("No module named 'encodings'") when it does not find its
	 * standard library below the home that it is given.
	 */
	private static Path home(PythonFacts facts) {
		try {
			Path home = facts.basePrefix().toRealPath();
			Path library = facts.standardLibrary();
			if (Files.isDirectory(library.resolve("encodings")) && library.toRealPath().startsWith(home)) {
				return home;
			}
			throw new PythonInstallationException(
					"'%s' (Python %s) has no standard library below its prefix '%s': 'encodings' is expected in '%s'"
						.formatted(facts.executable(), facts.version(), home, library),
					"Install that Python again. " + TAKE_ANOTHER);
		}
		catch (IOException ex) {
			throw Homes.unreadable(facts.basePrefix(), ex);
		}
	}

}
