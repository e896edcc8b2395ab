package io.pyboot.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.pyboot.install.PythonInstallation;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A context finds what the module {@code site} gives to every Python program, whether
 * that module was imported there or not.
 */
class SiteTests extends PoolTestBase {

	@TempDir
	private Path directory;

	@Override
	PoolOptions options() {
		return super.options().withSize(1);
	}

	@AfterEach
	void deleteLinks() throws IOException {
		try (Stream<Path> all = Files.walk(this.directory)) {
			for (Path link : all.filter(Files::isSymbolicLink).toList()) {
				Files.delete(link); // JUnit warns of each that it finds
			}
		}
	}

	private boolean siteIsLeftOut() {
		PythonInstallation installation = this.runtime.info().installation();
		return this.pool.mode() == PythonMode.SUBINTERPRETER && installation.version().isAtLeast(3, 13);
	}

	@Test
	void siteFoldersAreOnThePathOnce() {
		Engine.exec(this.pool, "import site, sys");
		List<?> path = (List<?>) Engine.eval(this.pool, "sys.path");
		assertThat(path).doesNotHaveDuplicates();
		assertThat(this.runtime.info().path()).isNotEmpty().allMatch(path::contains);
		assertThat((List<?>) Engine.eval(this.pool,
				"[p for p in site.getsitepackages() if __import__('os').path.isdir(p)]"))
			.allMatch(path::contains);
	}

	@Test
	void builtinsOfSiteAreThere() {
		assertThat(Engine.eval(this.pool, "repr(exit), repr(quit), callable(help)")).isEqualTo(
				List.of("Use exit() or Ctrl-D (i.e. EOF) to exit", "Use quit() or Ctrl-D (i.e. EOF) to exit", true));
		assertThat((String) Engine.eval(this.pool, "repr(copyright)")).startsWith("Copyright");
		assertThat((String) Engine.eval(this.pool, "repr(credits)")).contains("supporting Python");
		assertThat((String) Engine.eval(this.pool, "repr(license)")).isNotBlank();
	}

	@Test
	void childProcessesOfPythonUseSite() {
		Engine.exec(this.pool, "import subprocess");
		assertThat(Engine.eval(this.pool, "__import__('sys').flags.no_site")).isEqualTo(0L);
		assertThat(Engine.eval(this.pool, "'-S' in subprocess._args_from_interpreter_flags()")).isEqualTo(false);
	}

	@Test
	void plainContextStartsWithoutTheModule() {
		assumeTrue(siteIsLeftOut() && this.runtime.info().installation().venv() == null);
		assumeTrue(Boolean.TRUE.equals(Engine.eval(this.pool,
				"not any(f.endswith('.pth') for p in __import__('sys').path if __import__('os').path.isdir(p) for f in __import__('os').listdir(p))")),
				"this Python has .pth files");
		try (PythonPool fresh = PythonPool.open(this.runtime, options())) {
			assertThat(Engine.eval(fresh, "[m for m in ('site', 'os') if m in __import__('sys').modules]"))
				.isEqualTo(List.of());
		}
	}

	@Test
	void laterImportOfSiteChangesNothing() {
		try (PythonPool fresh = PythonPool.open(this.runtime, options())) {
			Engine.exec(fresh, "import sys; before = list(sys.path); import site");
			assertThat(Engine.eval(fresh, "sys.path == before")).isEqualTo(true);
		}
	}

	@Test
	void customizedInstallationIsCustomizedInEveryContext() throws Exception {
		Path executable = installationWithSitePackages();
		Path packages = sitePackages(executable);
		Path extra = Files.createDirectory(this.directory.resolve("extra"));
		Files.writeString(packages.resolve("sitecustomize.py"), "import builtins; builtins.customized = True");
		Files.writeString(packages.resolve("of_site.py"), "");
		assertThat(runChild(executable,
				"'customized' in dir(__import__('builtins')) and __import__('of_site') is not None"))
			.contains("holds in every context");
		Files.delete(packages.resolve("sitecustomize.py"));
		Files.writeString(packages.resolve("some.pth"), "import builtins; builtins.lined = True\n" + extra + "\n");
		assertThat(runChild(executable,
				"'lined' in dir(__import__('builtins')) and any(p.endswith('extra') for p in __import__('sys').path)"))
			.contains("holds in every context");
	}

	/** A copy of the installation, made of links, with a site-packages of its own. */
	private Path installationWithSitePackages() throws IOException {
		PythonInstallation original = this.runtime.info().installation();
		assumeTrue(original.venv() == null);
		String name = "python" + original.version().feature();
		Path home = this.directory.resolve("home");
		Path standard = Files.createDirectories(home.resolve("lib").resolve(name));
		Path executable = Files.createDirectory(home.resolve("bin")).resolve("python3");
		Files.copy(original.executable().toRealPath(), executable);
		assertThat(executable.toFile().setExecutable(true)).isTrue();
		Files.createSymbolicLink(home.resolve("lib").resolve(original.library().getFileName()), original.library());
		try (Stream<Path> entries = Files.list(original.home().resolve("lib").resolve(name))) {
			for (Path entry : entries.filter((e) -> !e.endsWith("site-packages")).toList()) {
				Files.createSymbolicLink(standard.resolve(entry.getFileName()), entry);
			}
		}
		Files.createDirectory(standard.resolve("site-packages"));
		return executable;
	}

	private Path sitePackages(Path executable) {
		return executable.resolve("../../lib")
			.resolve("python" + this.runtime.info().installation().version().feature())
			.resolve("site-packages")
			.normalize();
	}

	private String runChild(Path executable, String expression) throws Exception {
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-Dpyboot.test.python=" + executable,
				ChildProgram.class.getName(), expression)
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(Files.readString(output)).isZero();
		return Files.readString(output);
	}

	/** Runs in the child: asserts an expression in both contexts of a pool. */
	static final class ChildProgram {

		private ChildProgram() {
		}

		public static void main(String[] args) {
			PythonRuntime runtime = Engine.start();
			try (PythonPool pool = PythonPool.open(runtime, PoolOptions.named("child").withSize(2))) {
				pool.broadcast(PythonRequest.exec("assert " + args[0], Map.of()), Engine.NONE);
				System.out.println("holds in every context");
			}
			runtime.release();
		}

	}

}
