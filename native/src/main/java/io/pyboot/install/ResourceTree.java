package io.pyboot.install;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The files below a folder of the class path: in a directory, a jar, or a jar within a
 * jar. Jars are read through {@link JarURLConnection}, which Spring Boot's loader
 * implements for the jars nested in its own.
 */
final class ResourceTree implements AutoCloseable {

	private final @Nullable JarFile jar;

	private final List<Entry> entries;

	private ResourceTree(@Nullable JarFile jar, List<Entry> entries) {
		this.jar = jar;
		this.entries = entries.stream().sorted(Comparator.comparing(Entry::path)).toList();
	}

	/**
	 * Lists the files below a folder.
	 * @param root the folder, a URL that ends in a slash
	 * @param filter says by the path below the root which files to take
	 */
	static ResourceTree open(URL root, Predicate<String> filter) throws IOException {
		Path directory = directory(root);
		if (directory != null) {
			return new ResourceTree(null, entriesOf(directory, filter));
		}
		// The folder may have no entry of its own, so it is the jar that is opened.
		String text = root.toExternalForm();
		int folder = text.lastIndexOf("!/") + 2;
		if (folder < 2 || !(new URL(root, text.substring(0, folder))
			.openConnection() instanceof JarURLConnection connection)) {
			throw new IOException("'" + root + "' is neither in a directory nor in a jar");
		}
		// A cached jar file would be shared with class loaders, and could not be closed
		// here.
		connection.setUseCaches(false);
		String prefix = URLDecoder.decode(text.substring(folder).replace("+", "%2B"), StandardCharsets.UTF_8);
		JarFile jar = connection.getJarFile();
		return new ResourceTree(jar, entriesOf(jar, prefix, filter));
	}

	/**
	 * The directory that a URL stands for, or {@code null} if it is no {@code file:} URL.
	 */
	static @Nullable Path directory(URL root) throws IOException {
		if (!"file".equals(root.getProtocol())) {
			return null;
		}
		try {
			return Path.of(root.toURI());
		}
		catch (URISyntaxException ex) {
			throw new IOException("'" + root + "' is no valid URL", ex);
		}
	}

	private static List<Entry> entriesOf(Path directory, Predicate<String> filter) throws IOException {
		List<Entry> entries = new ArrayList<>();
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				String path = directory.relativize(file).toString().replace('\\', '/');
				if (filter.test(path)) {
					entries.add(new Entry(path, Files.size(file), Files.getLastModifiedTime(file).toMillis(),
							() -> Files.newInputStream(file)));
				}
			}
		}
		return entries;
	}

	private static List<Entry> entriesOf(JarFile jar, String prefix, Predicate<String> filter) {
		List<Entry> entries = new ArrayList<>();
		for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
			if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
				String path = entry.getName().substring(prefix.length());
				if (filter.test(path)) {
					entries.add(new Entry(path, entry.getSize(), entry.getCrc(), () -> jar.getInputStream(entry)));
				}
			}
		}
		return entries;
	}

	List<Entry> entries() {
		return this.entries;
	}

	/**
	 * A name for the content: 16 hexadecimal digits. It is made of the path, size and
	 * checksum of each file as the directory of the jar has them, so that no content
	 * needs to be read; in a directory the time of the last change stands for the
	 * checksum.
	 * @param layout changes the name where the same files are unpacked in another way
	 */
	String contentHash(String layout) {
		StringBuilder listing = new StringBuilder(layout);
		for (Entry entry : this.entries) {
			listing.append('\n')
				.append(entry.path())
				.append('\0')
				.append(entry.size())
				.append('\0')
				.append(entry.checksum());
		}
		return ContentHash.of(listing.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
	}

	/**
	 * Writes the files below a directory.
	 * @throws IOException also if a path would lead out of that directory
	 */
	void copyTo(Path directory) throws IOException {
		Path made = directory;
		for (Entry entry : this.entries) {
			Path target = directory.resolve(entry.path()).normalize();
			if (!target.startsWith(directory)) {
				throw new IOException("The entry '" + entry.path() + "' leads out of its folder");
			}
			Path parent = target.getParent();
			if (!made.equals(parent)) {
				Files.createDirectories(parent);
				made = parent;
			}
			try (InputStream in = entry.source().open()) {
				Files.copy(in, target);
			}
		}
	}

	@Override
	public void close() throws IOException {
		if (this.jar != null) {
			this.jar.close();
		}
	}

	/**
	 * A file below the root.
	 *
	 * @param path its path below the root, with slashes
	 * @param size its size in bytes
	 * @param checksum its CRC-32, or the time of its last change
	 * @param source opens it
	 */
	record Entry(String path, long size, long checksum, Source source) {
	}

	/**
	 * Opens the content of a file.
	 */
	@FunctionalInterface
	interface Source {

		InputStream open() throws IOException;

	}

}
