package io.pyboot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that docs/configuration.md has every property of the metadata, and no other.
 */
class ConfigurationDocumentationTests {

	/** From the directory of this module, which Maven runs tests in. */
	private static final Path PAGE = Path.of("..", "docs", "configuration.md");

	@Test
	void everyPropertyHasARow() throws IOException {
		assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(metadata().keySet());
	}

	@Test
	void everyDefaultIsThatOfTheMetadata() throws IOException {
		Map<String, List<String>> rows = rows();
		metadata().forEach((name, property) -> {
			JsonNode value = property.path("defaultValue");
			String expected = (value.isArray() && value.size() == 1) ? value.get(0).asString() : value.asString("");
			if (!expected.isEmpty()) {
				assertThat(rows.get(name)).as(name).element(2).isEqualTo("`" + expected + "`");
			}
		});
	}

	private static Map<String, JsonNode> metadata() throws IOException {
		try (InputStream metadata = ConfigurationDocumentationTests.class.getClassLoader()
			.getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
			Map<String, JsonNode> properties = new LinkedHashMap<>();
			new JsonMapper().readTree(metadata).get("properties").forEach((property) -> {
				String name = property.get("name").asString();
				if (name.startsWith("pyboot.") || name.matches("management\\..*\\.python\\..*")) {
					properties.put(name, property);
				}
			});
			return properties;
		}
	}

	/** The cells of the rows that begin with the name of a property in backticks. */
	private static Map<String, List<String>> rows() throws IOException {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		for (String line : Files.readAllLines(PAGE)) {
			if (line.matches("\\| `(pyboot|management)\\.[a-z.-]+` \\|.*")) {
				List<String> cells = new ArrayList<>(Arrays.asList(line.substring(1).split("\\|")));
				cells.replaceAll(String::strip);
				rows.put(cells.get(0).replace("`", ""), cells);
			}
		}
		return rows;
	}

}
