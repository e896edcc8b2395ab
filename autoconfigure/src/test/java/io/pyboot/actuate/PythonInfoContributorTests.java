package io.pyboot.actuate;

import java.util.List;
import java.util.Map;

import io.pyboot.pool.PoolOptions;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.info.Info;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PythonInfoContributor}.
 */
class PythonInfoContributorTests {

	private final PythonPools pools = new PythonPools(List.of(PoolOptions.named("default")),
			new ArgumentConverter(null), List.of());

	@Test
	void tellsTheVersionWhilePythonRuns() {
		try (MockedEngine engine = new MockedEngine()) {
			assertThat(info().getDetails()).isEmpty();
			this.pools.open(engine.getRuntime());
			assertThat(info().getDetails()).containsEntry("python",
					Map.of("version", "3.14.3", "fullVersion", "3.14.3 (main)", "freeThreaded", false));
		}
	}

	private Info info() {
		Info.Builder builder = new Info.Builder();
		new PythonInfoContributor(this.pools).contribute(builder);
		return builder.build();
	}

}
