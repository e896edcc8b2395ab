package io.pyboot.autoconfigure;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PythonPathResolver}.
 */
class PythonPathResolverTests {

	@TempDir
	private Path root;

	private URLClassLoader classLoader;

	private PythonPathResolver resolver;

	@BeforeEach
	void makeClassPath() throws IOException {
		URL[] urls = { directory("test-classes").toUri().toURL(), directory("classes").toUri().toURL() };
		this.classLoader = new URLClassLoader(urls, null);
		this.resolver = new PythonPathResolver(this.classLoader, PythonPathResolverTests::toPath);
	}

	@AfterEach
	void closeClassPath() throws IOException {
		this.classLoader.close();
	}

	@Test
	void missingDefaultLocationIsFine() {
		assertThat(this.resolver.resolve(null)).isEmpty();
	}

	@Test
	void defaultLocationMeansEveryRootThatHasIt() throws IOException {
		Path tests = directory("test-classes/python");
		Path main = directory("classes/python");
		assertThat(this.resolver.resolve(null)).containsExactly(tests, main);
	}

	@Test
	void locationsKeepTheirOrder() throws IOException {
		Path main = directory("classes/python");
		Path outside = directory("out side");
		assertThat(this.resolver.resolve(List.of(outside.toString(), "classpath:python"))).containsExactly(outside,
				main);
		assertThat(this.resolver.resolve(List.of("classpath*:/python/", outside.toUri().toString())))
			.containsExactly(main, outside);
	}

	@Test
	void configuredLocationThatIsMissingIsRefusedByName() {
		refused("classpath:python/", "there is no such folder on the class path");
		refused("/no/such/place", "the directory '/no/such/place' does not exist");
		refused("file:/no/such/place", "the directory '/no/such/place' does not exist");
		refused(" ", "it is empty");
	}

	@Test
	void fileIsNoDirectory() throws IOException {
		Path file = Files.createFile(this.root.resolve("module.py"));
		refused(file.toString(), "does not exist");
	}

	private void refused(String location, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> this.resolver.resolve(List.of(location)))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("pyboot.path"))
			.satisfies((ex) -> assertThat(ex.getReason()).contains(reason));
	}

	private Path directory(String name) throws IOException {
		return Files.createDirectories(this.root.resolve(name));
	}

	private static Path toPath(URL url) {
		try {
			return Path.of(url.toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

}
