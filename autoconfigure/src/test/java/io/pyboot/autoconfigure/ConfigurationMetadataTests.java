package io.pyboot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that IDEs show of the properties.
 */
class ConfigurationMetadataTests {

	@Test
	void everyPropertyHasADescription() throws IOException {
		assertThat(properties()).isNotEmpty()
			.allSatisfy((property) -> assertThat(property.path("description").asString("")).as(property.toString())
				.endsWith("."));
	}

	@Test
	void everyPropertyIsThere() throws IOException {
		Set<String> names = new HashSet<>();
		properties().forEach((property) -> names.add(property.get("name").asString()));
		assertThat(names).contains("pyboot.enabled", "pyboot.cache-dir", "pyboot.path", "pyboot.preload",
				"pyboot.python.executable", "pyboot.python.home", "pyboot.python.venv", "pyboot.pool.mode",
				"pyboot.pool.dispatch", "pyboot.pool.size", "pyboot.pool.concurrency-per-context",
				"pyboot.pool.queue-capacity", "pyboot.pool.max-wait", "pyboot.pool.max-waiting",
				"pyboot.pool.request-timeout", "pyboot.pool.max-depth", "pyboot.pool.max-message-size", "pyboot.pools",
				"pyboot.output.stdout", "pyboot.output.stderr", "pyboot.state.max-entries", "pyboot.shutdown.timeout",
				"pyboot.reload.watch", "pyboot.reload.quiet-period", "management.health.python.enabled",
				"management.info.python.enabled");
	}

	private static Iterable<JsonNode> properties() throws IOException {
		try (InputStream metadata = ConfigurationMetadataTests.class.getClassLoader()
			.getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
			JsonNode properties = new JsonMapper().readTree(metadata).get("properties");
			return StreamSupport.stream(properties.spliterator(), false)
				.filter((property) -> property.get("name").asString().matches(".*(pyboot|python).*"))
				.toList();
		}
	}

}
