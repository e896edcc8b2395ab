package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.PythonInstallation.Source;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PythonLocatorTest {

	@TempDir
	private Path root;

	private final Map<String, String> environment = new HashMap<>();

	@BeforeEach
	void resolveRoot() throws IOException {
		this.root = this.root.toRealPath();
	}

	private PythonInstallation find(Path executable, Path home, Path venv) {
		return new PythonLocator(this.environment::get, null).find(new PythonSpec(executable, home, venv, null), () -> {
			throw new AssertionError("Nothing is to be unpacked");
		});
	}

	private ThrowableAssertAlternative<PythonInstallationException> assertRefused(Path executable, Path home,
			Path venv) {
		return assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> find(executable, home, venv))
			.satisfies((ex) -> assertThat(ex.getRemedy()).matches("(?s)[A-Z].*\\."));
	}

	/** A home with all that is checked in it; its Python is a script. */
	private Path home(String name, String version) throws IOException {
		Path home = this.root.resolve(name);
		Path library = home.resolve("lib/python" + PythonVersion.parse(version).feature());
		Files.createDirectories(library.resolve("encodings"));
		Path shared = Files.writeString(home.resolve("lib/libpython.so"), "");
		Pythons.claiming(home.resolve("bin/python3"), "CPython", version, home, home, library, shared.toString());
		return home;
	}

	private Path venv(String name, String version, Path home) throws IOException {
		Path venv = Files.createDirectories(this.root.resolve(name));
		Files.writeString(venv.resolve("pyvenv.cfg"),
				"home = " + home.resolve("bin") + "\nversion = " + version + "\n");
		Files.createDirectory(venv.resolve("bin"));
		Files.createSymbolicLink(venv.resolve("bin/python"), home.resolve("bin/python3"));
		return venv;
	}

	// An executable

	@Test
	void theConfiguredExecutableIsTaken() throws IOException {
		Path home = Pythons.home("3.13");
		PythonInstallation found = find(home.resolve("bin/python3"), null, null);
		assertThat(found.source()).isEqualTo(Source.CONFIGURED);
		assertThat(found.version().feature()).isEqualTo("3.13");
		assertThat(found.home()).isEqualTo(home);
		assertThat(found.library()).isEqualTo(home.resolve("lib/libpython3.13.so.1.0"));
		assertThat(found.venv()).isNull();
		assertThat(found.companions()).isEmpty();
	}

	@Test
	void anExecutableWithoutFolderIsLookedUpOnThePath() throws IOException {
		Path home = home("py", "3.13.1");
		this.environment.put("PATH", "/nonexistent:" + home.resolve("bin"));
		assertThat(find(Path.of("python3"), null, null).home()).isEqualTo(home);
	}

	@Test
	void anExecutableThatDoesNotExistIsRefused() {
		assertRefused(this.root.resolve("python"), null, null).withMessageContaining("does not exist")
			.withMessageContaining("pyboot.python.executable")
			.withMessageContaining(this.root.toString());
	}

	@Test
	void aFileThatIsNotExecutableIsRefused() throws IOException {
		assertRefused(Files.writeString(this.root.resolve("python"), ""), null, null)
			.withMessageContaining("not executable");
		assertRefused(this.root, null, null).withMessageContaining("which is no file");
	}

	@Test
	void versionsThatCannotBeLoadedAreRefused() throws IOException {
		for (String version : List.of("3.11.7", "3.15.0", "2.7.18")) {
			assertRefused(home(version, version).resolve("bin/python3"), null, null).withMessageContaining(version)
				.withMessageContaining("3.12 to 3.14");
		}
	}

	@Test
	void anotherImplementationIsRefused() throws IOException {
		Path python = Pythons.claiming(this.root.resolve("pypy"), "PyPy", "3.12.1", this.root, this.root, this.root,
				"");
		assertRefused(python, null, null).withMessageContaining("PyPy");
	}

	@Test
	void aPythonWithoutSharedLibraryIsRefused() throws IOException {
		Path home = home("static", "3.13.1");
		Path python = Pythons.claiming(home.resolve("bin/python3"), "CPython", "3.13.1", home, home,
				home.resolve("lib/python3.13"), "");
		assertRefused(python, null, null).withMessageContaining("shared library")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("--enable-shared", "libpython3.13"));
	}

	@Test
	void aPythonWithoutStandardLibraryIsRefused() throws IOException {
		Path home = home("broken", "3.13.1");
		Files.delete(home.resolve("lib/python3.13/encodings"));
		assertRefused(home.resolve("bin/python3"), null, null).withMessageContaining("encodings");
	}

	@Test
	void aPythonWhosePrefixDoesNotExistIsRefused() throws IOException {
		Path gone = this.root.resolve("gone");
		Path python = Pythons.claiming(this.root.resolve("python"), "CPython", "3.13.1", gone, gone, gone, "");
		assertRefused(python, null, null).withMessageContaining(gone.toString());
	}

	// A home

	@Test
	void theConfiguredHomeIsTaken() throws IOException {
		Path home = Pythons.home("3.12");
		PythonInstallation found = find(null, home, null);
		assertThat(found.source()).isEqualTo(Source.CONFIGURED);
		assertThat(found.home()).isEqualTo(home);
		assertThat(found.executable()).isEqualTo(home.resolve("bin/python3"));
	}

	@Test
	void aHomeThatIsAVirtualEnvironmentIsRefused() throws IOException {
		Path venv = venv("venv", "3.13.1", home("py", "3.13.1"));
		assertRefused(null, venv, null).withMessageContaining("virtual environment")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("pyboot.python.venv"));
	}

	@Test
	void aHomeWithoutPythonIsRefused() {
		assertRefused(null, this.root, null).withMessageContaining("bin/python3")
			.withMessageContaining("pyboot.python.home");
		assertRefused(null, this.root.resolve("missing"), null).withMessageContaining("no directory");
	}

	@Test
	void aHomeWithoutStandardLibraryIsRefused() throws IOException {
		Path home = this.root.resolve("home");
		Files.createDirectories(home.resolve("bin"));
		Files.createSymbolicLink(home.resolve("bin/python3"), home("py", "3.13.1").resolve("bin/python3"));
		assertRefused(null, home, null).withMessageContaining("encodings").withMessageContaining(home.toString());
	}

	@Test
	void aHomeWhosePythonLivesElsewhereIsRefused() throws IOException {
		Path home = home("home", "3.13.1");
		Path other = home("other", "3.13.1");
		Files.delete(home.resolve("bin/python3"));
		Files.createSymbolicLink(home.resolve("bin/python3"), other.resolve("bin/python3"));
		assertRefused(null, home, null).withMessageContaining(other.toString());
	}

	@Test
	void anExecutableAndAHomeMustAgree() throws IOException {
		Path home = home("home", "3.13.1");
		assertThat(find(home.resolve("bin/python3"), home, null).home()).isEqualTo(home);
		assertRefused(home("other", "3.13.1").resolve("bin/python3"), home, null)
			.withMessageContaining("pyboot.python.executable")
			.withMessageContaining("pyboot.python.home");
	}

	// A virtual environment

	@Test
	void theConfiguredVirtualEnvironmentIsTaken() throws IOException {
		Path home = Pythons.home("3.13");
		Path venv = this.root.resolve("venv");
		ChildProcess.run(home.resolve("bin/python3"), List.of("-I", "-m", "venv", "--without-pip", venv.toString()),
				Duration.ofSeconds(60));
		for (PythonInstallation found : List.of(find(null, null, venv), find(venv.resolve("bin/python"), null, null),
				find(null, home, venv))) {
			assertThat(found.venv()).isEqualTo(venv);
			assertThat(found.home()).isEqualTo(home);
			assertThat(found.executable()).isEqualTo(venv.resolve("bin/python"));
			assertThat(found.sitePaths()).containsExactly(venv.resolve("lib/python3.13/site-packages"));
		}
	}

	@Test
	void aDirectoryThatIsNoVirtualEnvironmentIsRefused() {
		assertRefused(null, null, this.root).withMessageContaining("pyvenv.cfg")
			.withMessageContaining("pyboot.python.venv");
	}

	@Test
	void aVirtualEnvironmentOfAnotherVersionIsRefusedNamingBoth() throws IOException {
		Path home = home("py", "3.13.1");
		Path venv = venv("venv", "3.12.4", home);
		assertRefused(null, null, venv).withMessageContaining("3.12.4").withMessageContaining("3.13.1");
		assertRefused(home.resolve("bin/python3"), null, venv).withMessageContaining("3.12.4")
			.withMessageContaining("3.13.1");
	}

	@Test
	void anotherBugFixVersionIsFine() throws IOException {
		Path home = home("py", "3.13.7");
		PythonInstallation found = find(home.resolve("bin/python3"), null, venv("venv", "3.13.1", home));
		assertThat(found.sitePaths()).containsExactly(this.root.resolve("venv/lib/python3.13/site-packages"));
	}

	@Test
	void aVirtualEnvironmentWhosePythonIsGoneIsRefused() throws IOException {
		Path venv = venv("venv", "3.13.1", this.root.resolve("gone"));
		assertRefused(null, null, venv).withMessageContaining("bin/python").withMessageContaining("leads nowhere");
	}

	// Nothing configured

	@Test
	void theActiveVirtualEnvironmentComesBeforeThePath() throws IOException {
		Path venv = venv("venv", "3.13.1", home("py", "3.13.1"));
		this.environment.put("PATH", home("other", "3.14.0").resolve("bin").toString());
		this.environment.put("VIRTUAL_ENV", venv.toString());
		PythonInstallation found = find(null, null, null);
		assertThat(found.source()).isEqualTo(Source.ACTIVE_VENV);
		assertThat(found.venv()).isEqualTo(venv);
	}

	@Test
	void thenComesPython3OnThePath() throws IOException {
		Path home = home("other", "3.14.0");
		this.environment.put("PATH", ":" + this.root + ":" + home.resolve("bin"));
		PythonInstallation found = find(null, null, null);
		assertThat(found.source()).isEqualTo(Source.PATH);
		assertThat(found.home()).isEqualTo(home);
	}

	@Test
	void noPythonAtAllIsSaidWithWhatWasLookedAt() {
		assertRefused(null, null, null).withMessageContaining("org.bytedeco:cpython")
			.withMessageContaining("VIRTUAL_ENV")
			.withMessageContaining("python3 on the PATH");
	}

}
