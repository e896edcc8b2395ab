package io.pyboot.sample;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page and what it feeds on.
 */
class PageIntegrationTests extends AbstractDeskIntegrationTests {

	@Test
	void pageNeedsNothingFromOutside() {
		String page = get(String.class, "/");
		assertThat(page).contains("Weather desk").contains("NOAA");
		List<String> links = Pattern.compile("(?:src|href)=\"([^\"#][^\"]*)\"")
			.matcher(page)
			.results()
			.map((MatchResult match) -> match.group(1))
			.distinct()
			.toList();
		assertThat(links).contains("desk.css", "desk.js", "favicon.svg", "actuator/python");
		assertThat(links).noneMatch((link) -> link.contains("//"));
		links.forEach((link) -> get(String.class, "/" + link));
	}

	@Test
	void scriptsImportOnlyEachOther() {
		for (String script : List.of("desk.js", "results.js", "contexts.js", "charts.js")) {
			Pattern.compile("from \"./([^\"]+)\"")
				.matcher(get(String.class, "/" + script))
				.results()
				.forEach((match) -> get(String.class, "/" + match.group(1)));
		}
	}

	@Test
	void actuatorShowsPythonUp() {
		this.client.get()
			.uri("/actuator/health")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.components.python.status")
			.isEqualTo("UP");
		get(String.class, "/actuator/health/readiness");
	}

}
