package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonInstallationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class CacheLocationsTest {

	@TempDir
	private Path root;

	private final Map<String, String> environment = new HashMap<>();

	private final Map<String, String> properties = new HashMap<>();

	private Mounts mounts = Mounts.parse(List.of());

	private Path temporary;

	@BeforeEach
	void makeDirectories() throws IOException {
		this.root = this.root.toRealPath();
		this.temporary = Files.createDirectory(this.root.resolve("tmp"));
		this.properties.put("java.io.tmpdir", this.temporary.toString());
		this.properties.put("user.name", "me");
		this.properties.put("user.home", this.root.resolve("home").toString());
	}

	private Path resolve(Path configured) {
		return new CacheLocations(this.environment::get, this.properties::get, this.mounts).resolve(configured).path();
	}

	/** Nothing can be made below it, whoever runs this test: it is a file. */
	private Path unusable(String name) throws IOException {
		return Files.writeString(this.root.resolve(name), "").resolve("below");
	}

	private static String permissions(Path directory) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
	}

	@Test
	void theConfiguredDirectoryComesFirst() throws IOException {
		Path configured = this.root.resolve("with space/cache");
		this.environment.put("XDG_CACHE_HOME", this.root.resolve("xdg").toString());
		assertThat(resolve(configured)).isEqualTo(configured);
		assertThat(permissions(configured)).isEqualTo("rwx------");
	}

	@Test
	void thenThatOfXdgIfItIsAbsolute() {
		this.environment.put("XDG_CACHE_HOME", this.root.resolve("xdg").toString());
		assertThat(resolve(null)).isEqualTo(this.root.resolve("xdg/pyboot"));
		this.environment.put("XDG_CACHE_HOME", "relative");
		assertThat(resolve(null)).isEqualTo(this.root.resolve("home/.cache/pyboot"));
	}

	@Test
	void thenThatOfTheHome() {
		assertThat(resolve(null)).isEqualTo(this.root.resolve("home/.cache/pyboot"));
	}

	@Test
	void aUserWithoutPasswordEntryHasTheHomeOfTheEnvironment() {
		this.properties.put("user.home", "?");
		this.environment.put("HOME", this.root.resolve("other").toString());
		assertThat(resolve(null)).isEqualTo(this.root.resolve("other/.cache/pyboot"));
	}

	@Test
	void aHomeThatCannotBeWrittenFallsBackToAPrivateTemporaryDirectory() throws IOException {
		this.properties.put("user.home", unusable("home").toString());
		Path resolved = resolve(null);
		assertThat(resolved).isEqualTo(this.temporary.resolve("pyboot-me"));
		assertThat(permissions(resolved)).isEqualTo("rwx------");
		assertThat(resolve(null)).as("the second time").isEqualTo(resolved);
	}

	@Test
	void aHomeMountedNoexecFallsBackToo() {
		this.mounts = Mounts
			.parse(List.of("40 22 0:30 / %s rw,noexec - tmpfs tmpfs rw".formatted(this.root.resolve("home"))));
		assertThat(resolve(null)).isEqualTo(this.temporary.resolve("pyboot-me"));
	}

	@Test
	void aConfiguredDirectoryMountedNoexecIsRefusedAndSaysSo() {
		this.mounts = Mounts.parse(List.of("40 22 0:30 / %s rw,noexec - tmpfs tmpfs rw".formatted(this.root)));
		assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> resolve(this.root.resolve("cache")))
			.withMessageContaining("noexec")
			.withMessageContaining("pyboot.cache-dir")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("pyboot.cache-dir"));
	}

	@Test
	void aConfiguredDirectoryThatCannotBeMadeIsRefused() throws IOException {
		Path unusable = unusable("file");
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> resolve(unusable))
			.withMessageContaining(unusable.toString());
	}

	@Test
	void aTemporaryDirectoryThatOthersMayWriteToIsRefused() throws IOException {
		this.properties.put("user.home", unusable("home").toString());
		Path exposed = Files.createDirectory(this.temporary.resolve("pyboot-me"));
		Files.setPosixFilePermissions(exposed, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> resolve(null))
			.withMessageContaining("can be written to by other users")
			.withMessageContaining(unusable("home").toString());
	}

	@Test
	void aTemporaryDirectoryOfAnotherUserIsRefused() throws IOException {
		assumeTrue(Files.getAttribute(this.root, "unix:uid").equals(0), "Only root can give a directory away");
		this.properties.put("user.home", unusable("home").toString());
		Path foreign = Files.createDirectory(this.temporary.resolve("pyboot-me"));
		Files.setAttribute(foreign, "unix:uid", 65534);
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> resolve(null))
			.withMessageContaining("belongs to another user");
	}

	@Test
	void aLinkInTheTemporaryDirectoryIsRefused() throws IOException {
		this.properties.put("user.home", unusable("home").toString());
		Files.createSymbolicLink(this.temporary.resolve("pyboot-me"),
				Files.createDirectory(this.root.resolve("elsewhere")));
		assertThatExceptionOfType(PythonInstallationException.class).isThrownBy(() -> resolve(null))
			.withMessageContaining("belongs to another user");
	}

}
