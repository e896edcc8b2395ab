package io.pyboot.install;

import java.net.URL;
import java.nio.file.Path;

import io.pyboot.PythonInstallationException;

/**
 * The Python package {@code pyboot}, which every context can import. It comes in the jar
 * of this class.
 */
public final class PythonPackage {

	private static final String FOLDER = "META-INF/pyboot/python/";

	private static final String MARKER = "pyboot/__init__.py";

	private PythonPackage() {
	}

	/**
	 * Makes the package a directory on disk.
	 * @param cache where to unpack it, if it comes in a jar
	 * @return the directory to put on {@code sys.path}
	 * @throws PythonInstallationException if it is missing or cannot be unpacked
	 */
	public static Path directory(CacheDirectory cache) {
		return directory(PythonPackage.class.getClassLoader(), cache);
	}

	static Path directory(ClassLoader loader, CacheDirectory cache) {
		URL root = ResourceDirectory.find(loader, FOLDER, MARKER);
		if (root == null) {
			throw new PythonInstallationException(
					"The Python package pyboot is missing: no '%s' on the class path".formatted(FOLDER + MARKER),
					"Check that the jar pyboot-native is on the class path and complete.");
		}
		return ResourceDirectory.materialize(root, "python-package", cache);
	}

}
