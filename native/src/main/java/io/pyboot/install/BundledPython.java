package io.pyboot.install;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.PythonInstallation.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CPython that comes by Maven ({@code org.bytedeco:cpython} with the classifier of
 * the platform), of which only the files are used. It is unpacked into the cache once;
 * its standard library is compiled before it is published there.
 * <p>
 * The directory is the home of the installation, laid out so that its executable runs as
 * well (process mode, virtual environments): it looks for libpython in the directory
 * above its own, and {@code _ctypes} looks for libffi beside itself.
 */
final class BundledPython {

	private static final Logger logger = LoggerFactory.getLogger(BundledPython.class);

	/** Changes whenever what is unpacked from the same jar changes. */
	private static final String LAYOUT = "1";

	private static final String MARKER = "pyboot.properties";

	private static final Set<String> KEYS = Set.of("version", "free-threaded", "executable", "library",
			"standard-library", "companion");

	private static final Duration COMPILE_LIMIT = Duration.ofMinutes(3);

	private static final Pattern EXECUTABLE = Pattern.compile("bin/python3\\.\\d+t?");

	private static final Pattern LIBRARY = Pattern.compile("libpython3\\.\\d+t?\\.(so\\..*|dylib)");

	private static final Pattern COMPANION = Pattern.compile("libffi\\.so\\.\\d+|libffi\\.\\d+\\.dylib");

	/**
	 * Half of the jar, by how paths below {@code lib/python3.14} start. pip is among it:
	 * this directory is shared and never changes, so packages go into a virtual
	 * environment, which gets its own pip from ensurepip.
	 */
	private static final List<String> LEFT_OUT = List.of("test/", "idlelib/", "tkinter/", "turtledemo/",
			"site-packages/", "config-", "lib-dynload/_test", "lib-dynload/_xxtest", "lib-dynload/_ctypes_test",
			"lib-dynload/xx");

	private final URL root;

	private final Platform platform;

	private BundledPython(URL root, Platform platform) {
		this.root = root;
		this.platform = platform;
	}

	/**
	 * Finds the artifact on the class path.
	 * @return the artifact, or {@code null} if there is none for the platform
	 */
	static @Nullable BundledPython find(ClassLoader loader, Platform platform) {
		URL root = loader.getResource("org/bytedeco/cpython/" + platform.folder() + "/");
		return (root != null) ? new BundledPython(root, platform) : null;
	}

	/**
	 * Unpacks the artifact, unless that has been done.
	 * @throws PythonInstallationException if that fails, or it does not run on this
	 * machine
	 */
	PythonInstallation unpack(CacheDirectory cache) {
		try (ResourceTree tree = ResourceTree.open(this.root, BundledPython::isWanted)) {
			String key = "cpython-" + this.platform.folder() + "-" + tree.contentHash(LAYOUT);
			return read(cache.publish(key, BundledPython::isIntact, (home) -> fill(tree, home, cache.directory(key))));
		}
		catch (IOException ex) {
			throw new PythonInstallationException(
					"The bundled CPython '%s' cannot be read: %s".formatted(this.root, ex),
					"Check that the jar org.bytedeco:cpython is not damaged.", ex);
		}
	}

	/**
	 * Says which files are unpacked. It is asked for 3271 paths at each start, most of
	 * them below {@code test}, so it does without regular expressions there.
	 */
	static boolean isWanted(String path) {
		if (!path.startsWith("lib/")) {
			return EXECUTABLE.matcher(path).matches() || LIBRARY.matcher(path).matches()
					|| COMPANION.matcher(path).matches();
		}
		int below = path.indexOf('/', "lib/".length()) + 1;
		for (String start : LEFT_OUT) {
			if (path.startsWith(start, below)) {
				return false;
			}
		}
		return path.startsWith("lib/python3.") && !path.contains("/__pycache__/");
	}

	/**
	 * Fills a directory. Measured on 2 cores: 0.8 s to unpack 638 files of 37 MB and 1.4
	 * s to compile 530 of them, which saves 0.4 s at each start.
	 * @param home the directory
	 * @param published what it will be called later
	 */
	private void fill(ResourceTree tree, Path home, Path published) throws IOException {
		logger.info("Unpacking CPython into '{}'; this happens once", published);
		tree.copyTo(home);
		Path executable = only(tree, home, EXECUTABLE);
		if (!executable.toFile().setExecutable(true)) {
			throw new IOException("'" + executable + "' cannot be made executable");
		}
		Files.createSymbolicLink(executable.resolveSibling("python3"), executable.getFileName());
		Path standardLibrary = home.resolve("lib").resolve(executable.getFileName());
		Files.createDirectories(standardLibrary.resolve("site-packages"));
		Path companion = only(tree, home, COMPANION);
		Files.move(companion, standardLibrary.resolve("lib-dynload").resolve(companion.getFileName()));
		PythonFacts facts = compile(executable, standardLibrary, published.resolve(home.relativize(standardLibrary)));
		Properties properties = new Properties();
		properties.setProperty("version", facts.version().toString());
		properties.setProperty("free-threaded", Boolean.toString(facts.freeThreaded()));
		properties.setProperty("executable", home.relativize(executable).toString());
		properties.setProperty("library", home.relativize(only(tree, home, LIBRARY)).toString());
		properties.setProperty("standard-library", home.relativize(standardLibrary).toString());
		properties.setProperty("companion", companion.getFileName().toString());
		try (Writer writer = Files.newBufferedWriter(home.resolve(MARKER))) {
			properties.store(writer, null);
		}
	}

	private PythonFacts compile(Path executable, Path standardLibrary, Path published) {
		try {
			PythonFacts facts = PythonFacts.ask(executable);
			ChildProcess.run(executable, List.of("-I", "-c", PythonFacts.script("compile.py"),
					standardLibrary.toString(), published.toString()), COMPILE_LIMIT);
			return facts;
		}
		catch (PythonInstallationException ex) {
			throw new PythonInstallationException("The bundled CPython does not run here: " + ex.getMessage(),
					"It needs glibc 2.35 or later (Debian 12, Ubuntu 22.04). On an older system set "
							+ "pyboot.python.executable to a CPython 3.12 to 3.14 of that system.",
					ex);
		}
	}

	private static Path only(ResourceTree tree, Path home, Pattern pattern) throws IOException {
		List<String> found = tree.entries()
			.stream()
			.map(ResourceTree.Entry::path)
			.filter((path) -> pattern.matcher(path).matches())
			.toList();
		if (found.size() != 1) {
			throw new IOException("Not one but " + found.size() + " files are called " + pattern);
		}
		return home.resolve(found.get(0));
	}

	/**
	 * Whether the files are there without which CPython would end the process.
	 */
	private static boolean isIntact(Path home) {
		if (!Files.isRegularFile(home.resolve(MARKER)) || !properties(home).keySet().containsAll(KEYS)) {
			return false;
		}
		PythonInstallation installation = read(home);
		Path encodings = standardLibrary(properties(home), home).resolve("encodings");
		return Files.isExecutable(installation.executable()) && Stream
			.concat(Stream.of(installation.library(), encodings.resolve("__init__.py")),
					installation.companions().stream())
			.allMatch(Files::isRegularFile);
	}

	private static PythonInstallation read(Path home) {
		Properties properties = properties(home);
		Path companion = standardLibrary(properties, home).resolve("lib-dynload")
			.resolve(value(properties, "companion"));
		return new PythonInstallation(Source.BUNDLED, PythonVersion.parse(value(properties, "version")),
				Boolean.parseBoolean(value(properties, "free-threaded")), home.resolve(value(properties, "executable")),
				home, home.resolve(value(properties, "library")), null, List.of(), List.of(companion));
	}

	private static Path standardLibrary(Properties properties, Path home) {
		return home.resolve(value(properties, "standard-library"));
	}

	private static Properties properties(Path home) {
		Properties properties = new Properties();
		try (Reader reader = Files.newBufferedReader(home.resolve(MARKER))) {
			properties.load(reader);
			return properties;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String value(Properties properties, String name) {
		String value = properties.getProperty(name);
		if (value == null) {
			throw new IllegalStateException("'" + MARKER + "' has no " + name);
		}
		return value;
	}

}
