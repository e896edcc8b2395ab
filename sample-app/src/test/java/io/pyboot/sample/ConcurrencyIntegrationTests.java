package io.pyboot.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many requests at once, on several files, in whatever context is free.
 */
class ConcurrencyIntegrationTests extends AbstractDeskIntegrationTests {

	@Test
	void answersUnderLoadAreThoseOfASingleRequest() throws Exception {
		List<String> datasets = new ArrayList<>(List.of("seattle"));
		for (int days = 740; days <= 760; days += 10) {
			datasets.add(upload(days + ".csv", seattle().lines().limit(days).collect(Collectors.joining("\n"))).id());
		}
		List<String> requests = datasets.stream()
			.flatMap((id) -> List.of("summary", "months", "climate", "extremes", "trend", "forecast", "tomorrow")
				.stream()
				.map((name) -> "/api/weather/" + name + "?dataset=" + id))
			.toList();
		Map<String, String> expected = requests.stream()
			.collect(Collectors.toMap(Function.identity(), (uri) -> get(String.class, uri)));
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			List<Future<String>> answers = IntStream.range(0, 10 * requests.size())
				.mapToObj((i) -> threads.submit(() -> get(String.class, requests.get(i % requests.size()))))
				.toList();
			for (int i = 0; i < answers.size(); i++) {
				assertThat(answers.get(i).get()).isEqualTo(expected.get(requests.get(i % requests.size())));
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

}
