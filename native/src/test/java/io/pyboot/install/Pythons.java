package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The Pythons that tests run on: those of pyenv, where it is installed, and scripts that
 * claim to be one.
 */
final class Pythons {

	private static final Path PYENV = Path.of(System.getProperty("user.home"), ".pyenv", "versions");

	private Pythons() {
	}

	/**
	 * The home of a Python of pyenv; the test is skipped where there is none.
	 * @param feature such as {@code 3.13}
	 */
	static Path home(String feature) throws IOException {
		Optional<Path> home = Optional.empty();
		if (Files.isDirectory(PYENV)) {
			try (Stream<Path> versions = Files.list(PYENV)) {
				home = versions.filter((version) -> version.getFileName().toString().startsWith(feature + "."))
					.filter((version) -> Files.isExecutable(version.resolve("bin/python3")))
					.max(Path::compareTo);
			}
		}
		assumeTrue(home.isPresent(), "CPython " + feature + " is missing (pyenv install " + feature + ")");
		return home.get().toRealPath();
	}

	/**
	 * A script that answers with given facts.
	 */
	static Path claiming(Path script, String implementation, String version, Path prefix, Path basePrefix,
			Path standardLibrary, String library) throws IOException {
		List<String> facts = List.of("pyboot-facts", implementation, version, "0", script.toString(), prefix.toString(),
				basePrefix.toString(), standardLibrary.toString(), library, "0");
		return script(script,
				"printf '%s\\0' " + String.join(" ", facts.stream().map((fact) -> "'" + fact + "'").toList()));
	}

	/**
	 * An executable shell script.
	 */
	static Path script(Path file, String body) throws IOException {
		Files.createDirectories(file.getParent());
		Files.writeString(file, "#!/bin/sh\n" + body + "\n");
		file.toFile().setExecutable(true);
		return file;
	}

}
