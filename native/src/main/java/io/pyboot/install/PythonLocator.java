package io.pyboot.install;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.PythonInstallation.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the CPython to load, in this order:
 * <ol>
 * <li>the one that is configured: {@code pyboot.python.executable},
 * {@code pyboot.python.home} or {@code pyboot.python.venv};</li>
 * <li>the bundled one, if {@code org.bytedeco:cpython} is on the class path with the
 * classifier of this platform;</li>
 * <li>that of the active virtual environment ({@code VIRTUAL_ENV});</li>
 * <li>{@code python3} on the {@code PATH}.</li>
 * </ol>
 * The first that is there is taken or, if it cannot be used, refused: a setting that is
 * wrong never leads to another Python. Two settings may be combined if they speak of the
 * same Python; a virtual environment may be combined with any Python of its feature
 * version. One whose own Python is gone or has no shared library runs with the bundled
 * CPython if that has its feature version.
 * <p>
 * An executable is asked for its facts in a child process before anything is loaded, so
 * that nothing found wrong ends the JVM. {@code PYTHONHOME}, {@code PYTHONPATH} and the
 * like have no say.
 */
public final class PythonLocator {

	private static final Logger logger = LoggerFactory.getLogger(PythonLocator.class);

	private static final String EXECUTABLE = "pyboot.python.executable";

	private static final String HOME = "pyboot.python.home";

	private static final String VENV = "pyboot.python.venv";

	private final UnaryOperator<@Nullable String> environment;

	private final @Nullable BundledPython bundled;

	/**
	 * @param environment looks up an environment variable
	 * @param bundled the CPython on the class path, or {@code null}
	 */
	PythonLocator(UnaryOperator<@Nullable String> environment, @Nullable BundledPython bundled) {
		this.environment = environment;
		this.bundled = bundled;
	}

	/**
	 * Finds the CPython to load.
	 * @param spec what the user said about it
	 * @throws PythonInstallationException if there is none, or the one that was asked for
	 * cannot be used
	 */
	public static PythonInstallation locate(PythonSpec spec) {
		BundledPython bundled = BundledPython.find(PythonLocator.class.getClassLoader(), Platform.current());
		PythonInstallation found = new PythonLocator(System::getenv, bundled).find(spec,
				() -> CacheDirectory.resolve(spec.cacheDirectory()));
		logger.info("Python {}{} ({}): executable '{}', home '{}', library '{}', virtual environment {}, site paths {}",
				found.version(), found.freeThreaded() ? " free-threaded" : "", found.source(), found.executable(),
				found.home(), found.library(), found.venv(), found.sitePaths());
		return found;
	}

	PythonInstallation find(PythonSpec spec, Supplier<CacheDirectory> cache) {
		if (spec.executable() != null || spec.home() != null) {
			return configured(spec);
		}
		if (spec.venv() != null) {
			return ofVenv(Source.CONFIGURED, spec.venv(), VENV, cache);
		}
		String active = this.environment.apply("VIRTUAL_ENV");
		if (this.bundled != null) {
			if (active != null && !active.isBlank()) {
				logger.info("The bundled CPython is used and VIRTUAL_ENV is not; set {} to '{}' to use it", VENV,
						active);
			}
			return this.bundled.unpack(cache.get());
		}
		if (active != null && !active.isBlank()) {
			return ofVenv(Source.ACTIVE_VENV, Path.of(active), "VIRTUAL_ENV", cache);
		}
		Path python = onPath("python3");
		if (python != null) {
			return Acceptance.accept(Source.PATH, PythonFacts.ask(python));
		}
		throw new PythonInstallationException(
				"No CPython was found: no org.bytedeco:cpython for %s on the class path, no VIRTUAL_ENV, no python3 on the PATH"
					.formatted(Platform.current().folder()),
				"Add pyboot-spring-boot-starter or org.bytedeco:cpython with the classifier of this platform, or set "
						+ EXECUTABLE + ".");
	}

	private PythonInstallation configured(PythonSpec spec) {
		PythonFacts facts;
		if (spec.executable() != null) {
			facts = PythonFacts.ask(executable(spec.executable()));
			if (spec.home() != null) {
				Homes.requireSame(spec.home(), HOME, facts, EXECUTABLE);
			}
		}
		else {
			facts = Homes.ask(spec.home(), HOME, VENV);
		}
		if (spec.venv() == null) {
			return Acceptance.accept(Source.CONFIGURED, facts);
		}
		return Acceptance.accept(Source.CONFIGURED, facts, VirtualEnvironment.read(spec.venv(), VENV));
	}

	private Path executable(Path configured) {
		Path file = configured;
		if (configured.getNameCount() == 1 && !configured.isAbsolute() && !Files.exists(configured)) {
			Path found = onPath(configured.toString());
			file = (found != null) ? found : configured;
		}
		String wrong = !Files.exists(file) ? "which does not exist" : !Files.isRegularFile(file) ? "which is no file"
				: !Files.isExecutable(file) ? "which is not executable" : null;
		if (wrong != null) {
			throw new PythonInstallationException("%s is '%s', %s".formatted(EXECUTABLE, configured, wrong),
					"Set %s to the executable of a CPython, such as /usr/bin/python3.".formatted(EXECUTABLE));
		}
		return file.toAbsolutePath();
	}

	private PythonInstallation ofVenv(Source source, Path directory, String origin, Supplier<CacheDirectory> cache) {
		VirtualEnvironment venv = VirtualEnvironment.read(directory.toAbsolutePath(), origin);
		PythonFacts facts = Files.isExecutable(venv.executable()) ? PythonFacts.ask(venv.executable()) : null;
		if (facts != null && (facts.library() != null || this.bundled == null)) {
			return Acceptance.accept(source, facts, venv);
		}
		if (this.bundled == null) {
			throw new PythonInstallationException(
					"The virtual environment '%s' (%s) has no Python: '%s' is missing or leads nowhere"
						.formatted(directory, origin, venv.executable()),
					"Make the environment again on this machine with 'python -m venv', or set %s to a CPython %s."
						.formatted(EXECUTABLE, venv.version().feature()));
		}
		PythonInstallation base = this.bundled.unpack(cache.get());
		venv.requireFeature(base.version(), "the bundled CPython");
		logger.info("The virtual environment '{}' runs with the bundled CPython: its own Python {}", directory,
				(facts != null) ? "has no shared library" : "is gone");
		return new PythonInstallation(source, base.version(), base.freeThreaded(),
				Acceptance.executable(venv, base.executable()), base.home(), base.library(), venv.directory(),
				List.of(venv.sitePackages(base.freeThreaded())), base.companions());
	}

	private @Nullable Path onPath(String name) {
		String path = this.environment.apply("PATH");
		for (String directory : ((path != null) ? path : "").split(File.pathSeparator)) {
			try {
				Path file = Path.of(directory).resolve(name);
				if (!directory.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
					return file.toAbsolutePath();
				}
			}
			catch (InvalidPathException ex) {
				logger.debug("The PATH has an entry that is no path", ex);
			}
		}
		return null;
	}

}
