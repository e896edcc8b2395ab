package io.pyboot.template;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pyboot.PythonChannel;
import io.pyboot.testing.PythonApplication;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs the examples of docs/streaming.md, which stand here and in market.py as they stand
 * there.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = { PythonApplication.class, StreamingDocumentationTests.Prices.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "pyboot.pool.size=1", "pyboot.python.executable=${pyboot.test.python:}" })
class StreamingDocumentationTests {

	private static final Path PAGE = Path.of("..", "docs", "streaming.md");

	private static final Pattern EXAMPLE = Pattern.compile("```(?:java|python)\n(.*?)```", Pattern.DOTALL);

	@Autowired
	private PythonOperations python;

	@LocalServerPort
	private int port;

	@BeforeEach
	void clear() {
		this.python.exec("import market; market.log.clear()");
	}

	private List<?> log() {
		return this.python.eval("market.log", List.class);
	}

	@Test
	void everyExampleOfThePageIsRunHere() throws IOException {
		String here = stripped(
				Files.readString(Path.of("src/test/java/io/pyboot/template/StreamingDocumentationTests.java")))
				+ stripped(Files.readString(Path.of("src/test/resources/python/market.py")));
		List<String> examples = EXAMPLE.matcher(Files.readString(PAGE))
			.results()
			.map((MatchResult result) -> stripped(result.group(1)))
			.toList();
		assertThat(examples).hasSizeGreaterThan(8).allSatisfy((example) -> assertThat(here).contains(example));
	}

	/** Without white space, and without the lines that only check. */
	private static String stripped(String source) {
		return source.lines()
			.filter((line) -> !line.strip().startsWith("assertThat"))
			.collect(Collectors.joining())
			.replaceAll("\\s", "");
	}

	@Test
	void aGeneratorIsAStream() {
		try (Stream<Price> prices = this.python.stream("market:prices", Price.class, "EUR", 365)) {
			List<Price> low = prices.takeWhile((price) -> price.price() < 103).toList();
			assertThat(low).extracting(Price::day).containsExactly(0, 1, 2);
		}
		assertThat(log()).isEqualTo(List.of("closed"));
	}

	@Test
	void theWindowIsSet() {
		try (Stream<Price> prices = this.python.function("market:prices")
			.args("EUR", 365)
			.window(1)
			.stream(Price.class)) {
			Price first = prices.findFirst().orElseThrow();
			assertThat(first).isEqualTo(new Price("EUR", 0, 100));
		}
	}

	@Test
	void aGeneratorIsAFlux() {
		Flux<Price> prices = PythonFlux.of(this.python.function("market:prices").args("EUR", 365), Price.class);
		StepVerifier.create(prices).expectNextCount(365).expectComplete().verify(Duration.ofSeconds(30));
	}

	@Test
	void aControllerSendsEvents() throws Exception {
		try (Stream<String> lines = events("/prices/EUR?count=3")) {
			assertThat(lines.filter((line) -> line.startsWith("data:"))).containsExactly(
					"data:{\"currency\":\"EUR\",\"day\":0,\"price\":100.0}",
					"data:{\"currency\":\"EUR\",\"day\":1,\"price\":101.0}",
					"data:{\"currency\":\"EUR\",\"day\":2,\"price\":102.0}");
		}
	}

	@Test
	void aBrowserThatGoesAwayClosesTheGenerator() throws Exception {
		try (Stream<String> lines = events("/prices/EUR?count=2000000000")) {
			assertThat(lines.limit(10)).hasSize(10);
		}
		await().until(() -> log().contains("closed"));
	}

	private Stream<String> events(String path) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build(),
					HttpResponse.BodyHandlers.ofLines())
			.body();
	}

	@Test
	void anIteratorIsAnArgument() {
		List<Integer> days;
		Iterator<Price> source = List.of(new Price("EUR", 0, 7), new Price("EUR", 1, 6), new Price("EUR", 2, 8))
			.iterator();
		try (Stream<Price> rising = this.python.stream("market:rising", Price.class, source)) {
			days = rising.map(Price::day).toList();
		}
		assertThat(days).containsExactly(0, 2);
	}

	@Test
	void aPublisherIsAnArgumentOfAFlux() {
		Flux<Price> source = Flux.range(0, 1000).map((day) -> new Price("EUR", day, day % 10 + 1));
		StepVerifier
			.create(PythonFlux.of(this.python.function("market:rising").args(source), Price.class).map(Price::day))
			.expectNext(0, 1, 2)
			.expectNextCount(898)
			.expectComplete()
			.verify(Duration.ofSeconds(30));
	}

	@Test
	void aChannelCarriesBothWays() {
		try (PythonChannel<Score> channel = this.python.openChannel(Score.class, 100)) {
			this.python.cast("market:score_all", channel);
			channel.send("good");
			Score score = channel.receive(Duration.ofSeconds(30));
			assertThat(score).isEqualTo(new Score("good", 4));
		}
	}

	@Test
	void aChannelIsFoundByItsName() {
		try (PythonChannel<String> alerts = this.python.openChannel("alerts", String.class, 100)) {
			this.python.call("market:alert", "snow");
			String alert = alerts.receive();
			assertThat(alert).isEqualTo("snow");
		}
	}

	record Price(String currency, int day, double price) {

	}

	record Score(String text, int score) {

	}

	@RestController
	static class Prices {

		private final PythonOperations python;

		Prices(PythonOperations python) {
			this.python = python;
		}

		@GetMapping(path = "/prices/{currency}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Price> prices(@PathVariable String currency, @RequestParam int count) {
			return PythonFlux.of(this.python.function("market:prices").args(currency, count).window(1), Price.class);
		}

	}

}
