package io.pyboot.autoconfigure.reload;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Folders with Python files, and what the files were like at the last look. The operating
 * system tells when to look again; the look itself tells what has changed, so that events
 * which were lost, and folders which came and went, do no harm. For one thread.
 */
final class SourceFolders implements AutoCloseable {

	private final List<Path> roots;

	private final WatchService events;

	private Map<Path, Stamp> files = new HashMap<>();

	/**
	 * Takes the first look.
	 * @throws IOException if the folders cannot be watched
	 */
	SourceFolders(List<Path> roots) throws IOException {
		this.roots = List.copyOf(roots);
		this.events = roots.get(0).getFileSystem().newWatchService();
		this.files = look();
	}

	/**
	 * Waits until something has happened in the folders and nothing more does for a
	 * while. A folder that is missing is looked for each second.
	 * @param quiet how long nothing must have happened, in milliseconds
	 * @param retry in milliseconds, when to return although nothing happened; 0 for never
	 */
	void awaitChange(long quiet, long retry) throws InterruptedException {
		long limit = this.roots.stream().allMatch(Files::isDirectory) ? retry : 1000;
		WatchKey key = (limit > 0) ? this.events.poll(limit, TimeUnit.MILLISECONDS) : this.events.take();
		while (key != null) {
			key.pollEvents();
			key.reset();
			key = this.events.poll(quiet, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * What has changed since the last look.
	 */
	Changes changes() throws IOException {
		Map<Path, Stamp> before = this.files;
		this.files = look();
		Set<Path> edited = new TreeSet<>();
		this.files.forEach((file, stamp) -> {
			if (!stamp.equals(before.get(file))) {
				edited.add(file);
			}
		});
		Set<Path> deleted = new TreeSet<>(before.keySet());
		deleted.removeAll(this.files.keySet());
		return new Changes(edited, deleted);
	}

	private Map<Path, Stamp> look() throws IOException {
		Map<Path, Stamp> found = new HashMap<>();
		for (Path root : this.roots) {
			if (Files.isDirectory(root)) {
				Files.walkFileTree(root, new Look(this.events, found));
			}
		}
		return found;
	}

	/**
	 * The modules that a file may be, one for each root that it stands below.
	 */
	List<String> modulesOf(Path file) {
		List<String> modules = new ArrayList<>();
		for (Path root : this.roots) {
			if (file.startsWith(root)) {
				modules.add(module(root.relativize(file)));
			}
		}
		return modules;
	}

	/** {@code a/b.py} is {@code a.b}, {@code a/__init__.py} is {@code a}. */
	private static String module(Path relative) {
		List<String> parts = new ArrayList<>();
		relative.forEach((part) -> parts.add(part.toString()));
		String last = parts.remove(parts.size() - 1);
		if (!last.equals("__init__.py") || parts.isEmpty()) {
			parts.add(last.substring(0, last.length() - ".py".length()));
		}
		return String.join(".", parts);
	}

	@Override
	public void close() throws IOException {
		this.events.close();
	}

	/**
	 * What has changed.
	 *
	 * @param edited files that are new or different
	 * @param deleted files that are gone
	 */
	record Changes(Set<Path> edited, Set<Path> deleted) {

	}

	/** What tells one version of a file from another. */
	private record Stamp(FileTime modified, long size, @Nullable Object key) {

	}

	/** Notes every Python file; watches every folder, before its files are noted. */
	private static final class Look extends SimpleFileVisitor<Path> {

		private final WatchService events;

		private final Map<Path, Stamp> found;

		Look(WatchService events, Map<Path, Stamp> found) {
			this.events = events;
			this.found = found;
		}

		@Override
		public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
			String name = folder.getFileName().toString();
			if (name.equals("__pycache__") || name.startsWith(".")) {
				return FileVisitResult.SKIP_SUBTREE;
			}
			folder.register(this.events, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
					StandardWatchEventKinds.ENTRY_DELETE);
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
			if (file.getFileName().toString().endsWith(".py")) {
				this.found.put(file, new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
			}
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFileFailed(Path file, IOException ex) {
			return FileVisitResult.CONTINUE; // gone meanwhile
		}

		@Override
		public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException ex) {
			return FileVisitResult.CONTINUE;
		}

	}

}
