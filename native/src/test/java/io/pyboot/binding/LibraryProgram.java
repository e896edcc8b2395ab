package io.pyboot.binding;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.pyboot.install.CacheDirectory;
import io.pyboot.install.PythonInstallation;
import io.pyboot.install.PythonLocator;
import io.pyboot.install.PythonPackage;
import io.pyboot.install.PythonSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The C tests of libpyboot ({@code src/test/c}): a program that is built and run in a
 * child process, with the CPython that the tests of this build use.
 */
final class LibraryProgram {

	private static final Path SCRIPT = Path.of("src/test/c/run.sh").toAbsolutePath();

	private static final long LIMIT_SECONDS = 300;

	private LibraryProgram() {
	}

	/**
	 * Builds and runs the program; fails with its output unless it passes.
	 * @param way how it is built: {@code plain}, {@code address} or {@code thread}
	 * @param directory where to build it
	 */
	static void run(String way, Path directory) throws IOException, InterruptedException {
		String python = System.getProperty("pyboot.test.python", "");
		PythonSpec spec = python.isEmpty() ? PythonSpec.DEFAULT : new PythonSpec(Path.of(python), null, null, null);
		PythonInstallation installation = PythonLocator.locate(spec);
		List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString(), way, directory.toString(),
				installation.library().toString(), installation.home().toString(), installation.executable().toString(),
				PythonPackage.directory(CacheDirectory.resolve(null)).toString()));
		installation.companions().forEach((companion) -> command.add(companion.toString()));
		File output = Files.createTempFile(directory, "output", ".txt").toFile();
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
		try {
			boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
			String text = Files.readString(output.toPath(), StandardCharsets.ISO_8859_1);
			assertThat(ended).as("ends within %d s; its output:%n%s", LIMIT_SECONDS, text).isTrue();
			assertThat(process.exitValue()).as("the output of the C tests:%n%s", text).isZero();
			assertThat(text).contains("passed ring", "passed queue", "passed thread", "passed codec", "passed context");
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

}
