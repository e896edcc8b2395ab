package io.pyboot.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pyboot.pool.PoolOptions;
import io.pyboot.runtime.NativeCounter;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that docs/observability.md has every meter and every counter of the runtime.
 */
class ObservabilityDocumentationTests {

	/** From the directory of this module, which Maven runs tests in. */
	private static final Path PAGE = Path.of("..", "docs", "observability.md");

	@Test
	void everyMeterIsDocumented() throws IOException {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		PoolOptions options = PoolOptions.named("default");
		new PythonPoolMeters(new PythonPools(List.of(options), (value) -> value, List.of())).bindTo(registry);
		new PythonRequestTimers(registry).opened(MockedEngine.pool(options), MockedEngine.runtime());
		new PythonRuntimeCounters(registry).opened(MockedEngine.pool(options), MockedEngine.runtime());
		assertThat(named()).containsAll(registry.getMeters().stream().map((meter) -> meter.getId().getName()).toList());
	}

	@Test
	void everyCounterOfTheRuntimeIsDocumented() throws IOException {
		assertThat(named()).containsAll(Stream.of(NativeCounter.values()).map(NativeCounter::id).toList());
	}

	/** What stands in backticks in the first cell of a row. */
	private static List<String> named() throws IOException {
		return Files.readAllLines(PAGE)
			.stream()
			.filter((line) -> line.startsWith("| `"))
			.flatMap((line) -> Arrays.stream(line.split("\\|")[1].split("`")))
			.toList();
	}

}
