package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.pyboot.PythonInstallationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class VirtualEnvironmentTest {

	@TempDir
	private Path root;

	private VirtualEnvironment read(String configuration) throws IOException {
		Files.writeString(this.root.resolve("pyvenv.cfg"), configuration);
		return VirtualEnvironment.read(this.root, "pyboot.python.venv");
	}

	@Test
	void readsWhatVenvAndVirtualenvAndUvWrite() throws IOException {
		assertThat(read("home = /usr/bin\nversion = 3.14.3\n").version()).isEqualTo(new PythonVersion(3, 14, 3));
		assertThat(read("home=/usr/bin\nversion_info = 3.13.0.final.0\n").version())
			.isEqualTo(new PythonVersion(3, 13, 0));
		assertThat(read("uv = 0.5\nversion_info = 3.12\n").version().feature()).isEqualTo("3.12");
	}

	@Test
	void refusesOneWithoutVersion() {
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> read("home = /usr/bin\n"))
			.withMessageContaining("pyvenv.cfg")
			.withMessageContaining("version");
	}

}
