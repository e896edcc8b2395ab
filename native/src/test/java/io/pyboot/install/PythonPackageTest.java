package io.pyboot.install;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;

import io.pyboot.PythonInstallationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PythonPackageTest {

	@TempDir
	private Path root;

	@Test
	void isUnpackedFromItsJar() throws IOException {
		Path jar = Jars.write(this.root.resolve("native.jar"), Map.of("META-INF/pyboot/python/pyboot/__init__.py", "",
				"META-INF/pyboot/python/pyboot/_codec.py", "", "META-INF/MANIFEST.MF", ""));
		try (URLClassLoader loader = Jars.loader(jar.toUri().toURL())) {
			Path directory = PythonPackage.directory(loader, new CacheDirectory(this.root));
			assertThat(directory.resolve("pyboot/__init__.py")).exists();
			assertThat(directory.resolve("pyboot/_codec.py")).exists();
		}
	}

	@Test
	void isNamedWhenMissing() throws IOException {
		try (URLClassLoader loader = Jars.loader()) {
			assertThatExceptionOfType(PythonInstallationException.class)
				.isThrownBy(() -> PythonPackage.directory(loader, new CacheDirectory(this.root)))
				.withMessageContaining("META-INF/pyboot/python/pyboot/__init__.py");
		}
	}

}
