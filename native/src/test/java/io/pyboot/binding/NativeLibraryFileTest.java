package io.pyboot.binding;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.CacheDirectory;
import io.pyboot.install.Jars;
import io.pyboot.install.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class NativeLibraryFileTest {

	private static final Platform LINUX = new Platform("linux", "x86_64", false);

	@TempDir
	private Path root;

	private CacheDirectory cache;

	private URLClassLoader loader;

	@BeforeEach
	void makeJar() throws IOException {
		this.cache = CacheDirectory.resolve(this.root.resolve("cache"));
		this.loader = Jars
			.loader(Jars.write(this.root.resolve("native.jar"), Map.of("META-INF/native/linux-x86_64/libpyboot.so",
					"for x86", "META-INF/native/linux-arm64-musl/libpyboot.so", "for arm"))
				.toUri()
				.toURL());
	}

	@AfterEach
	void closeJar() throws IOException {
		this.loader.close();
	}

	private Path locate(String override, Platform platform) {
		return NativeLibraryFile.locate(this.cache, override, this.loader, platform);
	}

	@Test
	void isCopiedOnceForThePlatform() throws IOException {
		Path file = locate(null, LINUX);
		assertThat(file).hasFileName("libpyboot.so").hasContent("for x86");
		assertThat(file.getParent()).hasParent(this.cache.path());
		Object made = Files.getAttribute(file, "unix:ino");
		assertThat(locate("", LINUX)).isEqualTo(file);
		assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(made);
	}

	@Test
	void aCopyThatWasChangedIsReplaced() throws IOException {
		Files.writeString(locate(null, LINUX), "tampered");
		assertThat(locate(null, LINUX)).hasContent("for x86");
	}

	@Test
	void aPlatformWithoutLibraryIsNamedWithThoseThatHaveOne() {
		assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> locate(null, new Platform("linux", "riscv64", false)))
			.withMessageContaining("linux-riscv64")
			.withMessageContaining("linux-x86_64, linux-arm64-musl")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("pyboot.library.path"));
	}

	@Test
	void theOverrideIsTakenAsItIs() throws IOException {
		Path file = Files.writeString(this.root.resolve("libother.so"), "");
		assertThat(locate(file.toString(), new Platform("linux", "riscv64", false))).isEqualTo(file);
	}

	@Test
	void anOverrideThatDoesNotExistIsRefused() {
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> locate("/missing.so", LINUX))
			.withMessageContaining("/missing.so")
			.withMessageContaining("pyboot.library.path");
	}

}
