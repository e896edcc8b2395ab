package io.pyboot.pool;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

import io.pyboot.install.PythonVersion;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.Assumptions;

/**
 * NumPy from Maven, unpacked into {@code target}. It is one for CPython 3.14 on Linux.
 *
 * @param packages what goes to the path
 * @param libraries the shared libraries that NumPy needs, in the order to load them in
 */
record NumpyFiles(Path packages, List<Path> libraries) {

	private static final String NUMPY = "org/bytedeco/numpy/linux-x86_64/python/";

	private static final String OPENBLAS = "org/bytedeco/openblas/linux-x86_64/";

	private static final List<String> LIBRARIES = List.of("libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0");

	/** Skips the tests of the calling class where there is no NumPy for the runtime. */
	static NumpyFiles require(PythonRuntime runtime) throws IOException {
		PythonVersion version = runtime.info().installation().version();
		boolean linux = System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
		Assumptions.assumeTrue(linux && version.isAtLeast(3, 14) && !version.isAtLeast(3, 15),
				"no NumPy: that of Maven is for CPython 3.14 on Linux x86_64, this is " + version);
		URL numpy = NumpyFiles.class.getResource("/" + NUMPY + "numpy/__init__.py");
		URL openblas = NumpyFiles.class.getResource("/" + OPENBLAS + LIBRARIES.get(2));
		Assumptions.assumeTrue(numpy != null && openblas != null, "no NumPy: org.bytedeco:numpy is not on the path");
		Path directory = Path.of("target", "numpy").toAbsolutePath();
		unpack(numpy, NUMPY, directory.resolve("packages"));
		unpack(openblas, OPENBLAS + "lib", directory.resolve("lib"));
		return new NumpyFiles(directory.resolve("packages"),
				LIBRARIES.stream().map((name) -> directory.resolve("lib").resolve(name)).toList());
	}

	/** Entries with the prefix, which is cut up to its last slash. */
	private static void unpack(URL resource, String prefix, Path directory) throws IOException {
		int cut = prefix.lastIndexOf('/') + 1;
		JarURLConnection connection = (JarURLConnection) resource.openConnection();
		connection.setUseCaches(false);
		try (JarFile jar = connection.getJarFile()) {
			for (JarEntry entry : jar.stream().filter((each) -> wanted(each, prefix, cut)).toList()) {
				Path file = directory.resolve(entry.getName().substring(cut));
				if (Files.exists(file) && Files.size(file) == entry.getSize()) {
					continue;
				}
				Files.createDirectories(file.getParent());
				try (InputStream in = jar.getInputStream(entry)) {
					Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
				}
			}
		}
	}

	private static boolean wanted(JarEntry entry, String prefix, int cut) {
		String name = entry.getName();
		return !entry.isDirectory() && name.startsWith(prefix) && !name.contains("/tests/")
				&& (cut == prefix.length() || LIBRARIES.contains(name.substring(cut)));
	}

}
