package io.pyboot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ResourceUtils;

/**
 * Finds the directories that {@code pyboot.path} stands for. A location on the class path
 * means every root that has it, because {@code src/test/resources/python} must not hide
 * {@code src/main/resources/python}.
 */
final class PythonPathResolver {

	static final String DEFAULT_LOCATION = "classpath:python/";

	private static final String PROPERTY = "pyboot.path";

	private static final String ALL_ROOTS_PREFIX = "classpath*:";

	private final ClassLoader classLoader;

	private final Function<URL, Path> directories;

	/**
	 * @param classLoader where {@code classpath:} locations are looked up
	 * @param directories makes a directory of a folder of the class path, which may be in
	 * a jar
	 */
	PythonPathResolver(ClassLoader classLoader, Function<URL, Path> directories) {
		this.classLoader = classLoader;
		this.directories = directories;
	}

	/**
	 * Resolves the locations, in order.
	 * @param locations what is configured, or {@code null} for the default, which may be
	 * missing
	 * @throws InvalidConfigurationPropertyValueException if a configured location does
	 * not exist; names it
	 */
	List<Path> resolve(@Nullable List<String> locations) {
		if (locations == null) {
			return onClassPath(DEFAULT_LOCATION);
		}
		List<Path> path = new ArrayList<>();
		for (String location : locations) {
			path.addAll(resolve(location.strip()));
		}
		return path;
	}

	private List<Path> resolve(String location) {
		if (location.startsWith(ResourceUtils.CLASSPATH_URL_PREFIX) || location.startsWith(ALL_ROOTS_PREFIX)) {
			List<Path> roots = onClassPath(location);
			if (roots.isEmpty()) {
				throw invalid(location, "there is no such folder on the class path");
			}
			return roots;
		}
		return List.of(directory(location));
	}

	private List<Path> onClassPath(String location) {
		String folder = location.substring(location.indexOf(':') + 1);
		folder = folder.startsWith("/") ? folder.substring(1) : folder;
		folder = (folder.isEmpty() || folder.endsWith("/")) ? folder : folder + "/";
		try {
			return Collections.list(this.classLoader.getResources(folder)).stream().map(this.directories).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The class path cannot be searched for '" + location + "'", ex);
		}
	}

	private Path directory(String location) {
		Path directory = location.startsWith(ResourceUtils.FILE_URL_PREFIX) ? fromUrl(location)
				: ConfiguredPath.of(PROPERTY, location);
		if (directory == null) {
			throw invalid(location, "it is empty");
		}
		if (!Files.isDirectory(directory)) {
			throw invalid(location, "the directory '%s' does not exist".formatted(directory.toAbsolutePath()));
		}
		return directory.toAbsolutePath().normalize();
	}

	private static Path fromUrl(String location) {
		try {
			return ResourceUtils.getFile(location).toPath();
		}
		catch (IOException ex) {
			throw invalid(location, ex.getMessage());
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String location, @Nullable String reason) {
		return new InvalidConfigurationPropertyValueException(PROPERTY, location, reason);
	}

}
