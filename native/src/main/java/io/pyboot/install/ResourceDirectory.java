package io.pyboot.install;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

import io.pyboot.PythonInstallationException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a folder of the class path a directory on disk, because that is what Python
 * imports from. A folder that is a directory already is used as it stands, so that a
 * change in it is seen without a build; one in a jar, or in a jar within a jar, is
 * unpacked into the cache under a name made of its content.
 */
public final class ResourceDirectory {

	private static final Predicate<String> NO_BYTECODE = (path) -> !path.contains("__pycache__/");

	private ResourceDirectory() {
	}

	/**
	 * Returns a folder of the class path as a directory.
	 * @param root the folder, a URL that ends in a slash
	 * @param name the name that the directory in the cache starts with
	 * @param cache where to unpack
	 * @return an absolute directory
	 * @throws PythonInstallationException if it cannot be read or unpacked
	 */
	public static Path materialize(URL root, String name, CacheDirectory cache) {
		try {
			Path directory = ResourceTree.directory(root);
			if (directory != null) {
				return directory.toRealPath();
			}
			try (ResourceTree tree = ResourceTree.open(root, NO_BYTECODE)) {
				String key = name + "-" + tree.contentHash("1");
				return cache.publish(key, (target) -> isIntact(tree, target), tree::copyTo);
			}
		}
		catch (IOException ex) {
			throw new PythonInstallationException("The resources '%s' cannot be read: %s".formatted(root, ex),
					"Check that the jar they come from is not damaged.", ex);
		}
	}

	/**
	 * Finds the folder that a known file stands in. Unlike folders, which have no entry
	 * of their own in some jars, a file is always found.
	 * @param loader the class loader to ask
	 * @param folder the folder, such as {@code META-INF/pyboot/python/}
	 * @param file the path of a file below it
	 * @return the folder, or {@code null} if there is no such file
	 */
	public static @Nullable URL find(ClassLoader loader, String folder, String file) {
		URL url = loader.getResource(folder + file);
		if (url == null) {
			return null;
		}
		String text = url.toExternalForm();
		try {
			return new URL(url, text.substring(0, text.length() - file.length()));
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isIntact(ResourceTree tree, Path target) {
		return tree.entries().stream().allMatch((entry) -> Files.exists(target.resolve(entry.path())));
	}

}
