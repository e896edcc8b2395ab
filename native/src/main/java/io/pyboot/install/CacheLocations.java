package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.pyboot.PythonInstallationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a {@link CacheDirectory} may be, in this order:
 * <ol>
 * <li>the directory that is configured, and then no other;</li>
 * <li>{@code $XDG_CACHE_HOME/pyboot};</li>
 * <li>{@code ~/.cache/pyboot};</li>
 * <li>{@code pyboot-<user>} in the temporary directory, if it belongs to this user and
 * nobody else may write to it.</li>
 * </ol>
 * The first one that can be made, is writable and is not mounted noexec is taken. What is
 * made is private to the user (0700).
 */
final class CacheLocations {

	private static final Logger logger = LoggerFactory.getLogger(CacheLocations.class);

	private static final FileAttribute<?> PRIVATE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	private final UnaryOperator<@Nullable String> environment;

	private final UnaryOperator<@Nullable String> properties;

	private final Mounts mounts;

	/**
	 * @param environment looks up an environment variable
	 * @param properties looks up a system property
	 * @param mounts the mounted file systems
	 */
	CacheLocations(UnaryOperator<@Nullable String> environment, UnaryOperator<@Nullable String> properties,
			Mounts mounts) {
		this.environment = environment;
		this.properties = properties;
		this.mounts = mounts;
	}

	CacheDirectory resolve(@Nullable Path configured) {
		if (configured != null) {
			try {
				return prepare(configured, false);
			}
			catch (UnusableException ex) {
				throw new PythonInstallationException(
						"The directory of pyboot.cache-dir cannot be used: " + ex.getMessage(),
						"Set pyboot.cache-dir to a directory that this user may write to and execute files in.", ex);
			}
		}
		List<String> refused = new ArrayList<>();
		Path temporary = temporary();
		for (Path candidate : candidates(temporary)) {
			try {
				return prepare(candidate, candidate.equals(temporary));
			}
			catch (UnusableException ex) {
				logger.debug("Not used as a cache: {}", ex.getMessage());
				refused.add(ex.getMessage());
			}
		}
		throw new PythonInstallationException(
				"There is no directory to unpack CPython and libpyboot into: " + String.join("; ", refused),
				"Set pyboot.cache-dir to a directory that this user may write to and execute files in.");
	}

	private List<Path> candidates(Path temporary) {
		List<Path> candidates = new ArrayList<>();
		String xdg = this.environment.apply("XDG_CACHE_HOME");
		// The XDG specification says to ignore a relative path.
		if (xdg != null && xdg.startsWith("/")) {
			candidates.add(Path.of(xdg, "pyboot"));
		}
		String home = this.properties.apply("user.home");
		// The JVM says "?" for a user without an entry in the password file.
		if (home == null || !Path.of(home).isAbsolute()) {
			home = this.environment.apply("HOME");
		}
		if (home != null && Path.of(home).isAbsolute()) {
			candidates.add(Path.of(home, ".cache", "pyboot"));
		}
		candidates.add(temporary);
		return candidates;
	}

	private Path temporary() {
		String user = this.properties.apply("user.name");
		String name = (user != null && user.matches("[\\w.@-]+")) ? user : "user";
		String directory = this.properties.apply("java.io.tmpdir");
		return Path.of((directory != null) ? directory : "/tmp", "pyboot-" + name);
	}

	/**
	 * Makes a candidate if need be and checks it.
	 * @param exposed whether other users may have made it before us
	 */
	private CacheDirectory prepare(Path candidate, boolean exposed) throws UnusableException {
		try {
			if (!Files.isDirectory(candidate)) {
				Files.createDirectories(candidate, PRIVATE);
			}
			Path directory = candidate.toRealPath();
			Path probe = Files.createTempFile(directory, ".probe-", null);
			try {
				if (exposed) {
					requireOwn(candidate, Files.getAttribute(probe, "unix:uid"));
				}
			}
			finally {
				Files.delete(probe);
			}
			if (this.mounts.isNoexec(directory)) {
				throw new UnusableException(
						"'" + directory + "' is mounted noexec, so no program or library in it may be executed", null);
			}
			return new CacheDirectory(directory);
		}
		catch (IOException ex) {
			throw new UnusableException("'" + candidate + "' cannot be made or written to (" + ex + ")", ex);
		}
	}

	/**
	 * Refuses a directory that another user made or may change.
	 * @param user the owner of files that this process makes
	 */
	private static void requireOwn(Path directory, Object user) throws IOException, UnusableException {
		if (Files.isSymbolicLink(directory)
				|| !user.equals(Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
			throw new UnusableException("'" + directory + "' belongs to another user", null);
		}
		Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
		if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
				|| permissions.contains(PosixFilePermission.GROUP_WRITE)) {
			throw new UnusableException("'" + directory + "' can be written to by other users", null);
		}
	}

	/**
	 * A candidate was refused; the message names it and says why.
	 */
	private static final class UnusableException extends Exception {

		private static final long serialVersionUID = 1L;

		UnusableException(String message, @Nullable Throwable cause) {
			super(message, cause);
		}

	}

}
