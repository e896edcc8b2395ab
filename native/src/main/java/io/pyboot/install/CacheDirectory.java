package io.pyboot.install;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.pyboot.PythonInstallationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory into which Pyboot unpacks what comes by jar: CPython, libpyboot, Python
 * packages. Whatever stands in it is a directory named by its content, which appears at
 * once and complete (it is filled under another name, then renamed), so that any number
 * of JVMs may share and race for it.
 *
 * @see CacheLocations
 */
public final class CacheDirectory {

	private static final Logger logger = LoggerFactory.getLogger(CacheDirectory.class);

	private static final String UNFINISHED = ".unfinished-";

	/** An unfinished directory this old was left behind by a JVM that died. */
	private static final Duration ABANDONED = Duration.ofHours(1);

	private final Path path;

	CacheDirectory(Path path) {
		this.path = path;
	}

	/**
	 * The directory itself: absolute, existing, writable, executable.
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * The directory for a key, whether it has been published or not.
	 */
	public Path directory(String key) {
		Path directory = this.path.resolve(key).normalize();
		if (!this.path.equals(directory.getParent()) || key.startsWith(".")) {
			throw new IllegalArgumentException("'" + key + "' is no key of a cache");
		}
		return directory;
	}

	/**
	 * Returns the directory for a key, filled. If it stands there and is intact, nothing
	 * is written.
	 * @param key names the content; a new content needs a new key
	 * @param intact tells whether a published directory can be used; a cleaner of
	 * temporary files may have removed parts of it
	 * @param content writes the files
	 * @throws PythonInstallationException if they cannot be written
	 */
	public Path publish(String key, Predicate<Path> intact, Content content) {
		Path target = directory(key);
		if (Files.isDirectory(target) && intact.test(target)) {
			return target;
		}
		try {
			removeAbandoned();
			Path unfinished = Files.createTempDirectory(this.path, UNFINISHED);
			try {
				content.writeTo(unfinished);
				if (!intact.test(unfinished)) {
					throw new PythonInstallationException("The content of '%s' is incomplete".formatted(key),
							"Check that the jar it comes from is not damaged.");
				}
				rename(unfinished, target, intact);
			}
			finally {
				delete(unfinished);
			}
			return target;
		}
		catch (IOException ex) {
			throw new PythonInstallationException("'%s' cannot be unpacked into '%s': %s".formatted(key, this.path, ex),
					"Make room there, or set pyboot.cache-dir to a writable directory.", ex);
		}
	}

	private void rename(Path unfinished, Path target, Predicate<Path> intact) throws IOException {
		if (Files.isDirectory(target) && !intact.test(target)) {
			logger.warn("'{}' is damaged and replaced", target);
			Path damaged = Files.createTempDirectory(this.path, UNFINISHED);
			Files.move(target, damaged, StandardCopyOption.ATOMIC_MOVE);
			delete(damaged);
		}
		try {
			Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (FileSystemException ex) {
			if (!Files.isDirectory(target) || !intact.test(target)) {
				throw ex;
			}
			logger.debug("'{}' was published by another JVM in the meantime", target);
		}
	}

	private void removeAbandoned() throws IOException {
		Instant limit = Instant.now().minus(ABANDONED);
		List<Path> unfinished;
		try (Stream<Path> children = Files.list(this.path)) {
			unfinished = children.filter((child) -> child.getFileName().toString().startsWith(UNFINISHED)).toList();
		}
		for (Path directory : unfinished) {
			if (Files.exists(directory) && Files.getLastModifiedTime(directory).toInstant().isBefore(limit)) {
				delete(directory);
			}
		}
	}

	private static void delete(Path directory) throws IOException {
		if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		List<Path> all;
		try (Stream<Path> tree = Files.walk(directory)) {
			all = tree.sorted(Comparator.reverseOrder()).toList();
		}
		for (Path each : all) {
			Files.deleteIfExists(each);
		}
	}

	/**
	 * Finds the cache directory of this user.
	 * @param configured the value of {@code pyboot.cache-dir}, or {@code null}
	 * @throws PythonInstallationException if there is none that can be used
	 * @see CacheLocations
	 */
	public static CacheDirectory resolve(@Nullable Path configured) {
		return new CacheLocations(System::getenv, System::getProperty, Mounts.current()).resolve(configured);
	}

	/**
	 * Writes the files of a directory.
	 */
	@FunctionalInterface
	public interface Content {

		/**
		 * Writes the files.
		 * @param directory an empty directory, private to the caller
		 */
		void writeTo(Path directory) throws IOException;

	}

}
