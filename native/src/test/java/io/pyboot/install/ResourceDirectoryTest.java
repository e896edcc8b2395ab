package io.pyboot.install;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.pyboot.PythonInstallationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResourceDirectoryTest {

	private static final Map<String, String> FILES = Map.of("python/app.py", "x = 1", "python/pkg/__init__.py", "",
			"python/__pycache__/app.pyc", "old", "pythonic.txt", "", "other/app.py", "x = 2");

	@TempDir
	private Path root;

	private CacheDirectory cache;

	@BeforeEach
	void makeCache() throws IOException {
		this.cache = new CacheDirectory(Files.createDirectories(this.root.resolve("cache with space")).toRealPath());
	}

	private static URL below(URL jar) throws IOException {
		return new URL(jar, jar.toExternalForm() + "python/");
	}

	private void assertContent(Path directory) {
		assertThat(directory).hasParent(this.cache.path());
		assertThat(directory.resolve("app.py")).hasContent("x = 1");
		assertThat(directory.resolve("pkg/__init__.py")).exists();
		assertThat(directory).isDirectoryNotContaining("glob:**{__pycache__,ic.txt,python}");
	}

	@Test
	void aDirectoryIsUsedAsItStands() throws IOException {
		Path directory = Files.createDirectories(this.root.resolve("classes with space/python")).toRealPath();
		assertThat(ResourceDirectory.materialize(directory.toUri().toURL(), "app", this.cache)).isEqualTo(directory);
		assertThat(this.cache.path()).isEmptyDirectory();
	}

	@Test
	void aFolderInAJarIsUnpackedOnce() throws IOException {
		URL folder = below(Jars.root(Jars.write(this.root.resolve("a b.jar"), FILES)));
		Path directory = ResourceDirectory.materialize(folder, "app", this.cache);
		assertContent(directory);
		Object made = Files.getAttribute(directory, "unix:ino");
		assertThat(ResourceDirectory.materialize(folder, "app", this.cache)).isEqualTo(directory);
		assertThat(Files.getAttribute(directory, "unix:ino")).isEqualTo(made);
	}

	@Test
	void aFolderInANestedJarIsUnpacked() throws IOException {
		Path inner = Jars.write(this.root.resolve("inner.jar"), FILES);
		URL nested = Jars.nest(inner, this.root.resolve("fat app.jar"));
		Path directory = ResourceDirectory.materialize(below(nested), "app", this.cache);
		assertContent(directory);
		assertThat(ResourceDirectory.materialize(below(Jars.root(inner)), "app", this.cache))
			.as("the same content in another jar")
			.isEqualTo(directory);
	}

	@Test
	void anotherContentGetsAnotherDirectory() throws IOException {
		Path one = ResourceDirectory.materialize(below(Jars.root(Jars.write(this.root.resolve("1.jar"), FILES))), "app",
				this.cache);
		Path two = ResourceDirectory.materialize(
				below(Jars.root(Jars.write(this.root.resolve("2.jar"), Map.of("python/app.py", "x = 2")))), "app",
				this.cache);
		assertThat(two).isNotEqualTo(one);
		assertThat(two.resolve("app.py")).hasContent("x = 2");
	}

	@Test
	void aFileThatWasRemovedFromTheCacheComesBack() throws IOException {
		URL folder = below(Jars.root(Jars.write(this.root.resolve("a.jar"), FILES)));
		Path directory = ResourceDirectory.materialize(folder, "app", this.cache);
		Files.delete(directory.resolve("app.py"));
		assertContent(ResourceDirectory.materialize(folder, "app", this.cache));
	}

	@Test
	void aPathThatLeadsOutOfTheFolderIsRefused() throws IOException {
		URL folder = below(Jars.root(Jars.write(this.root.resolve("a.jar"), Map.of("python/../../evil.py", ""))));
		assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> ResourceDirectory.materialize(folder, "app", this.cache))
			.withMessageContaining("leads out");
		assertThat(this.root.resolve("evil.py")).doesNotExist();
		assertThat(this.cache.path()).isEmptyDirectory();
	}

	@Test
	void aFolderIsFoundByAFileInIt() throws IOException {
		try (URLClassLoader loader = Jars.loader(Jars.write(this.root.resolve("a.jar"), FILES).toUri().toURL())) {
			URL folder = ResourceDirectory.find(loader, "python/", "pkg/__init__.py");
			assertThat(folder).isNotNull();
			assertContent(ResourceDirectory.materialize(folder, "app", this.cache));
			assertThat(ResourceDirectory.find(loader, "python/", "missing.py")).isNull();
		}
	}

}
