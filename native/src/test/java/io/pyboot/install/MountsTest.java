package io.pyboot.install;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MountsTest {

	private final Mounts mounts = Mounts.parse(List.of("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw",
			"40 22 0:30 / /tmp rw,nosuid,noexec shared:5 - tmpfs tmpfs rw",
			"41 40 0:31 / /tmp/with\\040space rw shared:6 - tmpfs tmpfs rw,noexec",
			"42 22 0:32 / /data rw,noexec - tmpfs tmpfs rw", "43 42 0:33 / /data rw - tmpfs tmpfs rw"));

	@Test
	void theNearestMountDecides() {
		assertThat(this.mounts.isNoexec(Path.of("/tmp/pyboot-me"))).isTrue();
		assertThat(this.mounts.isNoexec(Path.of("/tmp/with space/cache"))).isFalse();
		assertThat(this.mounts.isNoexec(Path.of("/home/me"))).isFalse();
		assertThat(this.mounts.isNoexec(Path.of("/tmpfoo"))).isFalse();
	}

	@Test
	void theLastOfSeveralMountsOnOnePointDecides() {
		assertThat(this.mounts.isNoexec(Path.of("/data/cache"))).isFalse();
	}

	@Test
	void readsThoseOfThisProcess() {
		assertThat(Mounts.current().isNoexec(Path.of(System.getProperty("java.home")))).isFalse();
	}

}
