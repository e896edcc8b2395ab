package io.pyboot.template;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonChannel;
import io.pyboot.PythonConversionException;
import io.pyboot.testing.PythonApplication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the streams of {@link PythonTemplate} and {@link PythonFlux} with a real
 * CPython.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = PythonApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=1", "pyboot.python.executable=${pyboot.test.python:}" })
class PythonStreamIntegrationTests {

	@Autowired
	private PythonOperations python;

	@BeforeEach
	void define() {
		this.python.exec("""
				import time
				log = []
				def numbers(n, fail_at=None):
				    try:
				        for i in range(n):
				            if i == fail_at:
				                raise ValueError(f"no item {i}")
				            log.append(i)
				            yield i
				    finally:
				        log.append("finally")
				def readings():
				    yield {"city": "Seattle", "celsius": 11}
				    yield {"city": "Oslo", "celsius": -3}
				def holes():
				    yield "a"
				    yield None
				def stuck():
				    try:
				        yield 1
				        while True:
				            time.sleep(0.01)
				    finally:
				        log.append("finally")
				""");
	}

	@AfterEach
	void nothingIsLeftInPython() {
		await().until(() -> this.python.eval("__import__('pyboot._streams')._streams.count()", Long.class) == 0);
	}

	private List<?> log() {
		return this.python.eval("log", List.class);
	}

	@Test
	void itemsAreConverted() {
		try (Stream<Reading> readings = this.python.stream("__main__:readings", Reading.class)) {
			assertThat(readings).containsExactly(new Reading("Seattle", 11), new Reading("Oslo", -3));
		}
		try (Stream<Optional<String>> holes = this.python.stream("__main__:holes",
				new ParameterizedTypeReference<Optional<String>>() {
				})) {
			assertThat(holes).containsExactly(Optional.of("a"), Optional.empty());
		}
	}

	@Test
	void anItemThatDoesNotConvertIsNamed() {
		try (Stream<Integer> holes = this.python.stream("__main__:holes", Integer.class)) {
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(holes::toList)
				.withMessageContaining("result[0]");
		}
	}

	@Test
	void aStreamIsLazyAndItsCloseRunsTheFinallyBlocks() {
		try (Stream<Integer> numbers = this.python.stream("__main__:numbers", Integer.class, 1000)) {
			Iterator<Integer> items = numbers.iterator();
			assertThat(log()).isEmpty();
			assertThat(items.next()).isZero();
			assertThat(log()).isEqualTo(List.of(0L));
		}
		assertThat(log()).isEqualTo(List.of(0L, "finally"));
	}

	@Test
	void theWindowLimitsHowFarPythonIsAhead() {
		try (Stream<Integer> numbers = this.python.function("__main__:numbers")
			.args(1000)
			.window(4)
			.stream(Integer.class)) {
			numbers.limit(100).forEach((item) -> assertThat(log().size()).isLessThanOrEqualTo(item + 1 + 4));
		}
	}

	@Test
	void aParallelStreamHasTheSameItems() {
		try (Stream<Integer> numbers = this.python.stream("__main__:numbers", Integer.class, 500)) {
			assertThat(numbers.parallel().mapToInt(Integer::intValue).sum()).isEqualTo(IntStream.range(0, 500).sum());
		}
	}

	@Test
	void anErrorComesAfterTheItemsBeforeIt() {
		try (Stream<Integer> numbers = this.python.function("__main__:numbers")
			.args(10)
			.kwarg("fail_at", 3)
			.stream(Integer.class)) {
			Iterator<Integer> items = numbers.iterator();
			assertThat(List.of(items.next(), items.next(), items.next())).containsExactly(0, 1, 2);
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(items::next)
				.satisfies((ex) -> assertThat(ex.getTraceback()).contains("in numbers"));
		}
	}

	@Test
	void aFluxRunsPythonAsFarAsItemsAreRequested() {
		Flux<Integer> numbers = PythonFlux.of(this.python.function("__main__:numbers").args(1000).window(1),
				Integer.class);
		assertThat(log()).isEmpty();
		StepVerifier.create(numbers, 0)
			.expectSubscription()
			.then(() -> assertThat(log()).isEmpty())
			.thenRequest(2)
			.expectNext(0, 1)
			.then(() -> assertThat(log()).isEqualTo(List.of(0L, 1L)))
			.thenRequest(1)
			.expectNext(2)
			.then(() -> assertThat(log()).isEqualTo(List.of(0L, 1L, 2L)))
			.thenCancel()
			.verify(Duration.ofSeconds(30));
		await().until(() -> log().contains("finally"));
	}

	@Test
	void eachSubscriptionOfAFluxCallsTheFunction() {
		Flux<Integer> numbers = PythonFlux.of(this.python.function("__main__:numbers").args(500), Integer.class);
		for (int i = 0; i < 2; i++) {
			StepVerifier.create(numbers.reduce(0, Integer::sum))
				.expectNext(IntStream.range(0, 500).sum())
				.expectComplete()
				.verify(Duration.ofSeconds(30));
		}
	}

	@Test
	void aFluxFailsAfterTheItemsBeforeTheError() {
		StepVerifier.create(PythonFlux.of(this.python.function("__main__:numbers").args(10, 3), Integer.class))
			.expectNext(0, 1, 2)
			.expectErrorSatisfies(
					(ex) -> assertThat(ex).isInstanceOf(PythonCallException.class).hasMessageContaining("no item 3"))
			.verify(Duration.ofSeconds(30));
		assertThat(log()).isEqualTo(List.of(0L, 1L, 2L, "finally"));
	}

	@Test
	void cancellingAFluxEndsAStepThatDoesNotEnd() {
		StepVerifier.create(PythonFlux.of(this.python.function("__main__:stuck"), Integer.class))
			.expectNext(1)
			.thenCancel()
			.verify(Duration.ofSeconds(30));
		await().until(() -> log().contains("finally"));
	}

	@Test
	void noneInAFluxIsAnErrorThatNamesTheRemedy() {
		PythonFunction holes = this.python.function("__main__:holes");
		StepVerifier.create(PythonFlux.of(holes, String.class))
			.expectNext("a")
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(PythonConversionException.class)
				.hasMessageContaining("Item 1 of the Python stream is None")
				.hasMessageContaining("Optional"))
			.verify(Duration.ofSeconds(30));
		StepVerifier.create(PythonFlux.of(holes, new ParameterizedTypeReference<Optional<String>>() {
		})).expectNext(Optional.of("a"), Optional.empty()).expectComplete().verify(Duration.ofSeconds(30));
	}

	@Test
	void aFluxIsAnIteratorInPython() {
		assertThat(this.python.call("builtins:sum", Long.class, Flux.range(1, 100))).isEqualTo(5050);
		assertThat(this.python.call("builtins:list", Mono.just("one"))).isEqualTo(List.of("one"));
	}

	@Test
	void aFluxIsRequestedItemByItemAndCancelledAtTheEndOfTheRequest() {
		AtomicLong requested = new AtomicLong();
		AtomicBoolean cancelled = new AtomicBoolean();
		Flux<Integer> numbers = Flux.range(1, 1000)
			.doOnRequest(requested::addAndGet)
			.doOnCancel(() -> cancelled.set(true));
		assertThat(this.python.call("builtins:next", Long.class, numbers)).isEqualTo(1);
		assertThat(requested.get()).isLessThanOrEqualTo(2);
		assertThat(cancelled).isTrue();
	}

	@Test
	void aFluxThatFailsIsAnErrorInPython() {
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> this.python.call("builtins:sum", Flux.error(new IllegalStateException("no source"))))
			.withMessageContaining("no source");
	}

	@Test
	void streamsAndIteratorsAreIteratorsInPython() {
		assertThat(this.python.call("builtins:list", Stream.of(new Reading("Oslo", 1))))
			.isEqualTo(List.of(Map.of("city", "Oslo", "celsius", 1L)));
		assertThat(this.python.call("builtins:sum", Long.class, List.of(1, 2).iterator())).isEqualTo(3);
	}

	@Test
	void messagesOfAChannelAreConverted() {
		try (PythonChannel<Reading> channel = this.python.openChannel(Reading.class, 4)) {
			channel.send(new Reading("Oslo", -3));
			this.python.eval("[channel.send(channel.receive()), channel.send('text')]", List.class,
					Map.of("channel", channel));
			assertThat(channel.receive()).isEqualTo(new Reading("Oslo", -3));
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(channel::receive)
				.withMessageContaining("message");
		}
		try (PythonChannel<List<Reading>> channel = this.python.openChannel(null,
				new ParameterizedTypeReference<List<Reading>>() {
				}, 4)) {
			this.python.eval("channel.send([{'city': 'Oslo', 'celsius': 1}])", Object.class,
					Map.of("channel", channel));
			assertThat(channel.receive()).containsExactly(new Reading("Oslo", 1));
		}
	}

	@Test
	void aChannelOfByteArraysCarriesBytes() {
		try (PythonChannel<byte[]> channel = this.python.openChannel("bytes", byte[].class, 4)) {
			this.python.eval("channel.send(channel.receive())", Object.class,
					Map.of("channel", sending(channel, new byte[] { 1, -1 })));
			assertThat(channel.receive()).containsExactly(1, -1);
			assertThatIllegalArgumentException().isThrownBy(() -> channel.send("text"));
		}
	}

	private static PythonChannel<?> sending(PythonChannel<?> channel, Object message) {
		channel.send(message);
		return channel;
	}

	record Reading(String city, int celsius) {

	}

}
