package io.pyboot.binding;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.CacheDirectory;
import io.pyboot.install.ContentHash;
import io.pyboot.install.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The file of libpyboot that is to be loaded: the one that the system property
 * {@code pyboot.library.path} names, or a copy of the one in the jar
 * ({@code META-INF/native/<os>-<arch>[-musl]/libpyboot.so}). The copy stands in the cache
 * under its version and SHA-256, and is compared with that each time.
 */
public final class NativeLibraryFile {

	static final String OVERRIDE = "pyboot.library.path";

	private static final String FILE = "libpyboot.so";

	private static final List<String> KNOWN = List.of("linux-x86_64", "linux-arm64", "linux-x86_64-musl",
			"linux-arm64-musl", "macosx-x86_64", "macosx-arm64");

	private NativeLibraryFile() {
	}

	/**
	 * Returns the file to load.
	 * @param cache where to copy it
	 * @throws PythonInstallationException if there is none for this platform
	 */
	public static Path locate(CacheDirectory cache) {
		return locate(cache, System.getProperty(OVERRIDE), NativeLibraryFile.class.getClassLoader(),
				Platform.current());
	}

	static Path locate(CacheDirectory cache, @Nullable String override, ClassLoader loader, Platform platform) {
		if (override != null && !override.isBlank()) {
			return overridden(Path.of(override));
		}
		byte[] content = read(loader, platform);
		String hash = ContentHash.of(content);
		String key = "libpyboot-" + version() + "-" + hash;
		return cache
			.publish(key, (directory) -> isCopy(directory.resolve(FILE), hash),
					(directory) -> Files.write(directory.resolve(FILE), content))
			.resolve(FILE);
	}

	private static Path overridden(Path file) {
		if (!Files.isRegularFile(file)) {
			throw new PythonInstallationException(
					"The system property %s is '%s', which does not exist".formatted(OVERRIDE, file),
					"Set %s to a file of libpyboot, or remove it to use the one in the jar.".formatted(OVERRIDE));
		}
		return file.toAbsolutePath();
	}

	private static byte[] read(ClassLoader loader, Platform platform) {
		try (InputStream in = loader.getResourceAsStream(resource(platform.folder()))) {
			if (in == null) {
				List<String> present = KNOWN.stream()
					.filter((folder) -> loader.getResource(resource(folder)) != null)
					.toList();
				throw new PythonInstallationException(
						"Pyboot has no native library for %s; its jar has: %s".formatted(platform.folder(),
								present.isEmpty() ? "none" : String.join(", ", present)),
						"Build libpyboot on this platform (native/src/main/c/build.sh) and set the system property %s to it."
							.formatted(OVERRIDE));
			}
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String resource(String folder) {
		return "META-INF/native/" + folder + "/" + FILE;
	}

	private static String version() {
		String version = NativeLibraryFile.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "dev";
	}

	private static boolean isCopy(Path file, String hash) {
		try {
			return Files.isRegularFile(file) && hash.equals(ContentHash.of(Files.readAllBytes(file)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
