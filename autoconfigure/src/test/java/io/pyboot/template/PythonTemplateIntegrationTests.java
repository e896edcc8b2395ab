package io.pyboot.template;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.testing.PythonApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PythonTemplate} with a real CPython.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = PythonApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=2", "pyboot.pools.heavy.size=1",
				"pyboot.python.executable=${pyboot.test.python:}", "pyboot.preload=desk" })
class PythonTemplateIntegrationTests {

	@Autowired
	private PythonOperations python;

	@Test
	void functionOfTheStandardLibraryIsCalled() {
		assertThat(this.python.call("math:sqrt", 9)).isEqualTo(3.0);
		assertThat(this.python.call("math:sqrt", Double.class, 2.25)).isEqualTo(1.5);
	}

	@Test
	void codeOfTheApplicationIsImportable() {
		assertThat(this.python.call("desk:square", Integer.class, 7)).isEqualTo(49);
		assertThat(this.python.eval("__import__('desk').__file__", String.class)).endsWith("desk.py");
	}

	@Test
	void recordsCrossBothWays() {
		Reading reading = new Reading("Seattle", 11, Kind.RAIN, List.of(new Wind(3.5)));
		assertThat(this.python.call("desk:warmer", Reading.class, reading))
			.isEqualTo(new Reading("Seattle", 12, Kind.RAIN, List.of(new Wind(3.5))));
		assertThat(this.python.call("builtins:list", new ParameterizedTypeReference<List<Reading>>() {
		}, List.of(reading, reading))).containsExactly(reading, reading);
	}

	@Test
	void argumentsThatTheEngineDoesNotKnowAreConverted() {
		assertThat(this.python.call("desk:kind", Kind.RAIN)).isEqualTo("str");
		assertThat(this.python.call("desk:kind", Optional.of(5))).isEqualTo("int");
		assertThat(this.python.call("desk:kind", Optional.empty())).isEqualTo("NoneType");
		assertThat(this.python.call("desk:kind", List.of(new Wind(1)))).isEqualTo("list");
		assertThat(this.python.call("desk:describe", Map.of("k", Optional.of(TimeUnit.DAYS))))
			.isEqualTo("({'k': 'DAYS'},) {}");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.python.call("desk:kind", new Thread()))
			.withMessageContaining("java.lang.Thread");
	}

	@Test
	void loneNullIsNone() {
		assertThat(this.python.call("desk:describe", (Object[]) null)).isEqualTo("(None,) {}");
	}

	@Test
	void numberThatDoesNotFitIsRefused() {
		assertThat(this.python.eval("2**40", Long.class)).isEqualTo(1L << 40);
		assertThat(this.python.eval("2**70", BigInteger.class)).isEqualTo(BigInteger.TWO.pow(70));
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.python.eval("2**40", Integer.class))
			.withMessageContaining("1099511627776 does not fit exactly");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(
					() -> this.python.call("desk:warmer", Reading.class, Map.of("station", "x", "celsius", 1L << 40)))
			.withMessageContaining("result['celsius']");
	}

	@Test
	void variablesOfAnExpressionAreValues() {
		assertThat(this.python.eval("a + b", String.class, Map.of("a", "1", "b", "__import__('os')")))
			.isEqualTo("1__import__('os')");
	}

	@Test
	void fluentCallHasKeywordArguments() {
		assertThat(this.python.function("desk:describe").args(1, null).kwarg("k", "v").call())
			.isEqualTo("(1, None) {'k': 'v'}");
		assertThat(this.python.function("desk:warmer")
			.args(new Reading("x", 1, Kind.SUN, List.of()))
			.kwarg("by", 4)
			.call(Reading.class)
			.celsius()).isEqualTo(5);
	}

	@Test
	void raisedExceptionArrives() {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.call("desk:fail", "no rain"))
			.satisfies((ex) -> {
				assertThat(ex.getPythonType()).isEqualTo("ValueError");
				assertThat(ex.getPythonMessage()).isEqualTo("no rain");
				assertThat(ex.getTraceback()).contains("desk.py");
			});
	}

	@Test
	void callerIsReleasedAtTheDeadline() {
		assertThatExceptionOfType(PythonTimeoutException.class)
			.isThrownBy(() -> this.python.withTimeout(Duration.ofMillis(200)).call("desk:spin"));
		assertThatExceptionOfType(PythonTimeoutException.class)
			.isThrownBy(() -> this.python.function("desk:spin").timeout(Duration.ofMillis(200)).call());
		assertThat(this.python.call("desk:square", 3)).isEqualTo(9L);
	}

	@Test
	void asynchronousResultsArrive() {
		assertThat(this.python.callAsync("desk:square", Integer.class, 5)).succeedsWithin(Duration.ofSeconds(10))
			.isEqualTo(25);
		assertThat(this.python.evalAsync("6 * 7", Integer.class)).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(42);
	}

	@Test
	void cancelledCallIsInterrupted() {
		CompletableFuture<Integer> future = this.python.pool("heavy").callAsync("desk:spin", Integer.class);
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.python.pool("heavy").withTimeout(Duration.ofSeconds(20)).call("desk:square", 3)).isEqualTo(9L);
	}

	@Test
	void allArgumentListsAreCalledInOrder() {
		List<List<Integer>> arguments = IntStream.range(0, 2_000).mapToObj(List::of).toList();
		List<Integer> squares = this.python.invokeAll("desk:square", Integer.class, arguments);
		assertThat(squares).isEqualTo(IntStream.range(0, 2_000).map((n) -> n * n).boxed().toList());
	}

	@Test
	void failureOfOneOfAllIsThrown() {
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> this.python.invokeAll("desk:square", Integer.class,
					List.of(List.of(1), Arrays.asList((Object) null), List.of(3))))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"));
	}

	@Test
	void sessionKeepsItsNamesToItself() {
		Integer result = this.python.execute((session) -> {
			session.exec("import json\ndef twice(n):\n    return n * factor", Map.of("factor", 2));
			assertThat(session.call("json.dumps", String.class, List.of(1))).isEqualTo("[1]");
			assertThat(session.eval("factor")).isEqualTo(2L);
			return session.call("twice", Integer.class, 21);
		});
		assertThat(result).isEqualTo(42);
		assertThat(this.python.eval("'factor' in globals()", Boolean.class)).isFalse();
	}

	@Test
	void namedPoolHasContextsOfItsOwn() {
		this.python.execAll("shared = 'default'");
		assertThat(this.python.eval("shared")).isEqualTo("default");
		assertThat(this.python.pool("heavy").eval("'shared' in globals()", Boolean.class)).isFalse();
		assertThat(this.python.pool("heavy").call("desk:square", 4)).isEqualTo(16L);
		assertThatIllegalArgumentException().isThrownBy(() -> this.python.pool("light"))
			.withMessageContaining("default, heavy");
	}

	@Test
	void execAllReachesEveryContext() {
		this.python.execAll("import desk; desk.everywhere = 41");
		for (int context = 0; context < 2; context++) {
			assertThat(this.python.function("desk:everywhere.__add__").args(1).context(context).call()).isEqualTo(42L);
		}
	}

	@Test
	void equalAffinityKeysGoToTheSameContext() {
		PythonFunction remember = this.python.function("desk:remember").args("x").affinity("key");
		Object first = remember.call();
		assertThat(remember.call()).isEqualTo((Long) first + 1);
	}

	enum Kind {

		RAIN, SUN

	}

	record Wind(double speed) {

	}

	record Reading(String station, int celsius, Kind kind, List<Wind> winds) {

	}

}
