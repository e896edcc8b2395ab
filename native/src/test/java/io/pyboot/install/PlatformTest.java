package io.pyboot.install;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlatformTest {

	@Test
	void isNamedAsTheFoldersOfTheArtifacts() {
		assertThat(Platform.of("Linux", "amd64", false).folder()).isEqualTo("linux-x86_64");
		assertThat(Platform.of("Linux", "aarch64", true).folder()).isEqualTo("linux-arm64-musl");
		assertThat(Platform.of("Mac OS X", "aarch64", false).folder()).isEqualTo("macosx-arm64");
		assertThat(Platform.of("Windows 11", "amd64", false).folder()).isEqualTo("windows-x86_64");
	}

}
