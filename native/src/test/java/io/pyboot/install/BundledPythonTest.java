package io.pyboot.install;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.pyboot.PythonInstallationException;
import io.pyboot.install.PythonInstallation.Source;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class BundledPythonTest {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	@TempDir
	private static Path root;

	private static CacheDirectory cache;

	private static PythonInstallation installation;

	@BeforeAll
	static void unpack() throws IOException {
		BundledPython bundled = bundled();
		cache = new CacheDirectory(Files.createDirectories(root.resolve("with space")).toRealPath());
		installation = bundled.unpack(cache);
	}

	private static BundledPython bundled() {
		BundledPython bundled = BundledPython.find(BundledPythonTest.class.getClassLoader(), Platform.current());
		assumeTrue(bundled != null, "org.bytedeco:cpython for " + Platform.current().folder() + " is missing");
		return bundled;
	}

	private static String python(String code) {
		return ChildProcess.run(installation.executable(), List.of("-I", "-c", code), LIMIT).strip();
	}

	@Test
	void saysWhatItIs() {
		assertThat(installation.source()).isEqualTo(Source.BUNDLED);
		assertThat(installation.version()).isEqualTo(new PythonVersion(3, 14, 3));
		assertThat(installation.freeThreaded()).isFalse();
		assertThat(installation.home()).hasParent(cache.path());
		assertThat(installation.executable()).isEqualTo(installation.home().resolve("bin/python3.14"));
		assertThat(installation.library()).exists().hasParent(installation.home());
		assertThat(installation.companions()).hasSize(1).allSatisfy((file) -> assertThat(file).exists());
		assertThat(installation.venv()).isNull();
		assertThat(installation.sitePaths()).isEmpty();
	}

	@Test
	void itsExecutableRunsOnItsOwnLibraries() {
		PythonFacts facts = PythonFacts.ask(installation.executable());
		assertThat(facts.library()).isEqualTo(installation.library());
		assertThat(facts.executable()).isEqualTo(installation.executable());
		assertThat(python("import ctypes; print(open('/proc/self/maps').read())"))
			.contains(installation.companions().get(0).toString());
	}

	@Test
	void hasTheStandardLibraryButNotItsTests() throws IOException {
		assertThat(
				python("import asyncio, ssl, json, decimal, zoneinfo, email.mime.text, ensurepip, venv; print('ok')"))
			.isEqualTo("ok");
		try (Stream<Path> tree = Files.walk(installation.home())) {
			assertThat(tree.map((file) -> installation.home().relativize(file).toString()))
				.noneMatch((path) -> path.matches(".*/(test|idlelib|tkinter|config-.*)|include|share|.*_testcapi.*"));
		}
	}

	@Test
	void compiledFilesNameTheirSourcesWhereTheyAreNow() throws IOException {
		Path compiled = Path.of(python("import asyncio.base_events; print(asyncio.base_events.__cached__)"));
		assertThat(Files.readString(compiled, StandardCharsets.ISO_8859_1))
			.contains(installation.home().resolve("lib/python3.14/asyncio/base_events.py").toString())
			.doesNotContain(".unfinished");
	}

	@Test
	void isUnpackedOnce() throws IOException {
		Object made = Files.getAttribute(installation.home(), "unix:ino");
		assertThat(bundled().unpack(cache)).isEqualTo(installation);
		assertThat(Files.getAttribute(installation.home(), "unix:ino")).isEqualTo(made);
	}

	@Test
	void aVirtualEnvironmentMadeByItIsUsedWithIt() {
		Path directory = root.resolve("made venv");
		ChildProcess.run(installation.executable(), List.of("-I", "-m", "venv", "--without-pip", directory.toString()),
				LIMIT);
		PythonInstallation found = find(directory, null);
		assertThat(found.venv()).isEqualTo(directory);
		assertThat(found.home()).isEqualTo(installation.home());
		assertThat(found.library()).isEqualTo(installation.library());
		assertThat(found.executable()).isEqualTo(directory.resolve("bin/python"));
		assertThat(found.sitePaths()).containsExactly(directory.resolve("lib/python3.14/site-packages"));
	}

	@Test
	void aVirtualEnvironmentWhosePythonIsGoneRunsWithItIfTheVersionIsTheSame() throws IOException {
		Path same = danglingVenv("same venv", "3.14.0");
		PythonInstallation found = find(same, null);
		assertThat(found.source()).isEqualTo(Source.CONFIGURED);
		assertThat(found.venv()).isEqualTo(same);
		assertThat(found.executable()).isEqualTo(installation.executable());
		assertThat(found.sitePaths()).containsExactly(same.resolve("lib/python3.14/site-packages"));
		assertThat(found.companions()).isEqualTo(installation.companions());
		Path other = danglingVenv("other venv", "3.13.1");
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> find(other, null))
			.withMessageContaining("3.13.1")
			.withMessageContaining("3.14.3");
	}

	@Test
	void comesBeforeTheActiveVirtualEnvironmentAndThePath() {
		assertThat(find(null, "/some/venv")).isEqualTo(installation);
	}

	private static PythonInstallation find(Path venv, String active) {
		return new PythonLocator(Map.of("VIRTUAL_ENV", (active != null) ? active : "")::get, bundled())
			.find(new PythonSpec(null, null, venv, null), () -> cache);
	}

	private static Path danglingVenv(String name, String version) throws IOException {
		Path venv = Files.createDirectories(root.resolve(name));
		Files.createDirectory(venv.resolve("bin"));
		Files.createSymbolicLink(venv.resolve("bin/python"), root.resolve("gone"));
		Files.writeString(venv.resolve("pyvenv.cfg"), "version = " + version);
		return venv;
	}

	@Test
	void isUnpackedFromASpringBootJar(@TempDir Path other) throws IOException {
		String entry = "org/bytedeco/cpython/" + Platform.current().folder() + "/";
		URL original = BundledPythonTest.class.getClassLoader().getResource(entry);
		String text = original.toExternalForm();
		Path jar = Path.of(URI.create(text.substring("jar:".length(), text.indexOf("!/"))));
		URL nested = Jars.nest(jar, other.resolve("fat app.jar"));
		try (URLClassLoader loader = Jars.loader(nested)) {
			PythonInstallation found = BundledPython.find(loader, Platform.current()).unpack(cache);
			assertThat(found).as("the same content, so the same directory").isEqualTo(installation);
			PythonInstallation fresh = BundledPython.find(loader, Platform.current())
				.unpack(new CacheDirectory(Files.createDirectory(other.resolve("cache")).toRealPath()));
			assertThat(PythonFacts.ask(fresh.executable()).version()).isEqualTo(installation.version());
		}
	}

	@Test
	void aDamagedJarIsRefused(@TempDir Path other) throws IOException {
		String entry = "org/bytedeco/cpython/linux-x86_64/";
		Path jar = Jars.write(other.resolve("cpython.jar"),
				Map.of(entry, "", entry + "lib/python3.14/os.py", "", entry + "lib/python3.14/x.py", ""));
		CacheDirectory empty = new CacheDirectory(Files.createDirectory(other.resolve("cache")));
		try (URLClassLoader loader = Jars.loader(jar.toUri().toURL())) {
			BundledPython bundled = BundledPython.find(loader, new Platform("linux", "x86_64", false));
			assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> bundled.unpack(empty))
				.withMessageContaining("bin/python3");
		}
		assertThat(empty.path()).isEmptyDirectory();
	}

	@Test
	void oneThatDoesNotRunHereIsRefusedWithARemedy(@TempDir Path other) throws IOException {
		String entry = "org/bytedeco/cpython/linux-x86_64/";
		Path jar = Jars.write(other.resolve("cpython.jar"),
				Map.of(entry, "", entry + "lib/python3.14/lib-dynload/math.so", "", entry + "libffi.so.8", "",
						entry + "libpython3.14.so.1.0", "", entry + "bin/python3.14",
						"#!/bin/sh\necho 'GLIBC_2.35 not found' >&2; exit 1\n"));
		CacheDirectory empty = new CacheDirectory(Files.createDirectory(other.resolve("cache")));
		try (URLClassLoader loader = Jars.loader(jar.toUri().toURL())) {
			BundledPython bundled = BundledPython.find(loader, new Platform("linux", "x86_64", false));
			assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> bundled.unpack(empty))
				.withMessageContaining("GLIBC_2.35 not found")
				.satisfies((ex) -> assertThat(ex.getRemedy()).contains("pyboot.python.executable"));
		}
		assertThat(empty.path()).isEmptyDirectory();
	}

	@Test
	void isNotFoundForAPlatformWithoutArtifact() {
		assertThat(BundledPython.find(getClass().getClassLoader(), new Platform("linux", "x86_64", true))).isNull();
	}

}
