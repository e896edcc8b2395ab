package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonInstallationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class PythonFactsTest {

	@TempDir
	private Path root;

	@Test
	void anExecutableIsAskedForItsFacts() throws IOException {
		Path home = Pythons.home("3.13");
		PythonFacts facts = PythonFacts.ask(home.resolve("bin/python3"));
		assertThat(facts.implementation()).isEqualTo("CPython");
		assertThat(facts.version().feature()).isEqualTo("3.13");
		assertThat(facts.freeThreaded()).isFalse();
		assertThat(facts.isVirtualEnvironment()).isFalse();
		assertThat(facts.prefix()).isEqualTo(home).isEqualTo(facts.basePrefix());
		assertThat(facts.standardLibrary()).isEqualTo(home.resolve("lib/python3.13"));
		assertThat(facts.library()).hasFileName("libpython3.13.so.1.0").exists();
		assertThat(facts.sitePackages()).as("CPython finds its own").isEmpty();
		assertThat(facts.path()).contains(home.resolve("lib/python3.13"), home.resolve("lib/python3.13/site-packages"));
	}

	@Test
	void aVirtualEnvironmentNamesItsSitePackages() throws IOException {
		Path home = Pythons.home("3.13");
		Path venv = this.root.resolve("a venv");
		ChildProcess.run(home.resolve("bin/python3"), List.of("-I", "-m", "venv", "--without-pip", venv.toString()),
				Duration.ofSeconds(60));
		PythonFacts facts = PythonFacts.ask(venv.resolve("bin/python"));
		assertThat(facts.isVirtualEnvironment()).isTrue();
		assertThat(facts.executable()).isEqualTo(venv.resolve("bin/python"));
		assertThat(facts.prefix()).isEqualTo(venv);
		assertThat(facts.basePrefix()).isEqualTo(home);
		assertThat(facts.sitePackages()).containsExactly(venv.resolve("lib/python3.13/site-packages"));
	}

	@Test
	void oneThatHangsIsEndedWithItsChildren() throws IOException {
		Path pid = this.root.resolve("pid");
		Path script = Pythons.script(this.root.resolve("hangs"), "sleep 600 & echo $! > '" + pid + "'; wait");
		assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> PythonFacts.ask(script, Duration.ofSeconds(2)))
			.withMessageContaining(script.toString())
			.withMessageContaining("2000 ms");
		long child = Long.parseLong(Files.readString(pid).strip());
		await().until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
	}

	@Test
	void oneThatFailsIsQuoted() throws IOException {
		Path script = Pythons.script(this.root.resolve("fails"), "echo 'no such codec' >&2; exit 3");
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> PythonFacts.ask(script))
			.withMessageContaining("status 3")
			.withMessageContaining("no such codec");
	}

	@Test
	void oneThatIsNoPythonIsRefused() throws IOException {
		Path script = Pythons.script(this.root.resolve("other"), "echo hello");
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> PythonFacts.ask(script))
			.withMessageContaining("not a Python executable")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("pyboot.python.executable"));
	}

	@Test
	void whatAWrapperWritesBeforeIsIgnored() throws IOException {
		Path python = Pythons.claiming(this.root.resolve("py"), "CPython", "3.14.0", this.root, this.root, this.root,
				"");
		Path wrapper = Pythons.script(this.root.resolve("wrapper"), "echo Welcome; exec '" + python + "' \"$@\"");
		assertThat(PythonFacts.ask(wrapper).version()).isEqualTo(new PythonVersion(3, 14, 0));
	}

	@Test
	void oneForAnotherMachineIsRefused() throws IOException {
		Path file = Files.write(this.root.resolve("elf"), new byte[] { 0x7f, 'E', 'L', 'F', 0, 0, 0, 0 });
		file.toFile().setExecutable(true);
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> PythonFacts.ask(file))
			.withMessageContaining(file.toString());
	}

	@Test
	void neitherShellNorOtherCharactersInAPathMatter() throws IOException {
		Path script = Pythons.claiming(this.root.resolve("py $(touch x); é'\"thon".replace("'", "")), "CPython",
				"3.14.0", this.root, this.root, this.root, "");
		assertThat(PythonFacts.ask(script).executable()).isEqualTo(script);
		assertThat(PythonFacts.ask(script).library()).isNull();
	}

	@Test
	void theEnvironmentHasNoSay() {
		Map<String, String> environment = new HashMap<>(
				Map.of("PYTHONHOME", "/wrong", "PYTHONPATH", "/wrong", "PATH", "/bin"));
		ChildProcess.isolate(environment);
		assertThat(environment).containsOnlyKeys("PATH");
	}

}
