package io.pyboot.template;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.pyboot.JavaRef;
import io.pyboot.PythonCallException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonIterator;
import io.pyboot.PythonObject;
import io.pyboot.callable.PythonCallable;
import io.pyboot.testing.PythonApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for objects that stay on their side, with a real CPython.
 */
@Tag("engine")
@Timeout(60)
@Import(PythonObjectIntegrationTests.Theatre.class)
@SpringBootTest(classes = PythonApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=2", "pyboot.pools.other.size=1",
				"pyboot.python.executable=${pyboot.test.python:}", "pyboot.preload=desk" })
class PythonObjectIntegrationTests {

	@Autowired
	private PythonOperations python;

	@Test
	void resultStaysInPythonWhenItsTypeSaysSo() {
		try (PythonObject counter = this.python.call("collections:Counter", PythonObject.class, "abracadabra")) {
			assertThat(counter.type()).isEqualTo("collections.Counter");
			assertThat(counter.getItem("a")).isEqualTo(5L);
			assertThat(counter.getItem("a", int.class)).isEqualTo(5);
			assertThat(counter.callMethod("total", Integer.class)).isEqualTo(11);
			assertThat(counter.size()).isEqualTo(5);
			assertThat((Map<?, ?>) counter.as(Map.class)).hasSize(5);
			assertThat(this.python.call("builtins:len", Integer.class, counter)).isEqualTo(5);
			assertThat(this.python.function("desk:kind").args(counter).call()).isEqualTo("Counter");
			assertThat(this.python.function("desk:kind").args(Optional.of(counter)).call()).isEqualTo("Counter");
		}
	}

	@Test
	void everyFormOfARequestGivesHandles() throws Exception {
		try (PythonObject one = this.python.eval("{1}", PythonObject.class);
				PythonObject two = this.python.eval("a", PythonObject.class, Map.of("a", one));
				PythonObject three = this.python.function("builtins:set").args(List.of(1)).call(PythonObject.class);
				PythonObject four = this.python.callAsync("builtins:set", PythonObject.class).get();
				PythonObject five = this.python.evalAsync("{1}", PythonObject.class).get();
				PythonObject six = this.python.function("builtins:set").callAsync(PythonObject.class).get()) {
			assertThat(List.of(one, two, three, four, five, six))
				.allSatisfy((each) -> assertThat(each.type()).isEqualTo("set"));
			assertThat(this.python.eval("a is b", Boolean.class, Map.of("a", one, "b", two))).isTrue();
		}
		assertThat(this.python.<PythonObject>execute((session) -> {
			session.exec("class Model: pass");
			PythonObject model = session.call("Model", PythonObject.class);
			assertThat(session.eval("Model", PythonObject.class).call(PythonObject.class).type()).isEqualTo("Model");
			return model;
		}).type()).isEqualTo("Model");
		assertThat(this.python.invokeAll("builtins:set", PythonObject.class, List.of(List.of(), List.of()))).hasSize(2)
			.allMatch(PythonObject.class::isInstance);
	}

	@Test
	void elementsStayInPythonWhenTheirTypeSaysSo() {
		List<PythonObject> sets = this.python.call("builtins:list", new ParameterizedTypeReference<>() {
		}, List.of(java.util.Set.of(1), java.util.Set.of(2)));
		assertThat(sets).extracting(PythonObject::type).containsExactly("set", "set");
		Map<String, PythonObject> byName = this.python.function("builtins:dict")
			.kwarg("a", java.util.Set.of(1))
			.call(new ParameterizedTypeReference<>() {
			});
		assertThat(byName.get("a").size()).isEqualTo(1);
	}

	interface Clock {

		int hour();

		Optional<String> label();

		default String show() {
			return label().orElse("?") + " " + hour();
		}

	}

	@Test
	void interfacesOfAProxyConvertTheirResults() {
		try (PythonObject clock = this.python
			.eval("type('Clock', (), {'hour': lambda self: 7, 'label': lambda self: None})()", PythonObject.class)) {
			assertThat(clock.as(Clock.class).hour()).isEqualTo(7);
			assertThat(clock.as(Clock.class).show()).isEqualTo("? 7");
		}
		try (PythonObject clock = this.python.eval("type('Clock', (), {'hour': lambda self: 'x'})()",
				PythonObject.class)) {
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> clock.as(Clock.class).hour());
		}
	}

	@Test
	void elementsOfAnIterationAreConverted() {
		try (PythonObject range = this.python.eval("range(3)", PythonObject.class);
				PythonIterator<Integer> numbers = range.iterate(Integer.class)) {
			assertThat(numbers).toIterable().containsExactly(0, 1, 2);
		}
	}

	@Test
	void handleOfAnotherPoolIsNamed() {
		try (PythonObject set = this.python.pool("other").eval("{1}", PythonObject.class)) {
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.python.call("builtins:len", set))
				.withMessageContaining("pool 'other'")
				.withMessageContaining("pool 'default'");
			assertThat(this.python.pool("other").call("builtins:len", set)).isEqualTo(1L);
			set.close();
			assertThatIllegalStateException().isThrownBy(set::size).withMessageContaining("closed");
		}
	}

	@Test
	void javaObjectComesBackAsItself() {
		Thread thread = Thread.currentThread();
		assertThat(this.python.call("operator:getitem", List.of(this.python.ref(thread)), 0)).isSameAs(thread);
		assertThat(this.python.call("desk:kind", Optional.of(JavaRef.of(thread)))).isEqualTo("JavaRef");
		assertThat(this.python.call("builtins:repr", String.class, this.python.ref(thread)))
			.isEqualTo("<JavaRef of java.lang.Thread>");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.python.call("desk:kind", thread));
		CompletableFuture<Object> future = this.python.callAsync("builtins:list", List.of(JavaRef.of(thread)));
		assertThat(future.join()).isEqualTo(List.of(thread));
	}

	@Test
	void failureOfAHandleIsThatOfPython() {
		try (PythonObject list = this.python.eval("[1]", PythonObject.class)) {
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> list.getItem(5))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("IndexError"));
			list.setItem(0, "x");
			assertThat((Object) list.as(List.class)).isEqualTo(List.of("x"));
		}
	}

	/** Equal by value, so that identity and equality differ. */
	record Ticket(String seat) {

	}

	interface Stage {

		String play(String piece, int times);

	}

	static class Theatre {

		private final Ticket sold = new Ticket("12a");

		private PythonObject kept;

		@PythonCallable
		JavaRef sell() {
			return JavaRef.of(this.sold);
		}

		@PythonCallable("is_sold")
		boolean isSold(Ticket ticket) {
			return ticket == this.sold;
		}

		@PythonCallable
		void keep(PythonObject object) {
			this.kept = object;
		}

		@PythonCallable
		PythonObject kept() {
			return this.kept;
		}

		@PythonCallable
		List<?> apply(Function<Object, ?> function, List<?> values) {
			return values.stream().map(function).toList();
		}

		@PythonCallable
		List<PythonObject> sorted(List<PythonObject> objects, Comparator<PythonObject> order) {
			return objects.stream().sorted(order).toList();
		}

		@PythonCallable
		String perform(Stage stage) {
			return stage.play("Faust", 2);
		}

		@PythonCallable
		String which(PythonObject object) {
			return "object";
		}

		@PythonCallable
		String which(Map<String, ?> map) {
			return "map";
		}

		@PythonCallable
		String which(String text) {
			return "text";
		}

	}

	@Test
	void callableMethodsTakeAndGiveObjectsThatStayOnTheirSide() {
		this.python
			.exec("""
					import pyboot
					from pyboot import handle
					ticket = pyboot.sell()
					assert type(ticket) is pyboot.JavaRef and ticket == pyboot.sell() and hash(ticket) == hash(pyboot.sell())
					assert pyboot.is_sold(ticket) and pyboot.is_sold(ticket=ticket)
					class Model:
					    pass
					model = Model()
					pyboot.keep(handle(model))
					assert pyboot.kept() is model
					assert pyboot.apply(handle(lambda x: x + 1), [1, 2]) == [2, 3]
					class Stage:
					    def play(self, piece, times): return ' '.join([piece] * times)
					assert pyboot.perform(handle(Stage())) == 'Faust Faust'
					assert pyboot.which(handle(model)) == 'object' and pyboot.which({}) == 'map' and pyboot.which('a') == 'text'
					boxes = [3, 1, 2]
					ordered = pyboot.sorted([handle([n]) for n in boxes], handle(lambda a, b: a[0] - b[0]))
					assert ordered == [[1], [2], [3]]
					""");
		for (Map.Entry<String, String> refused : Map
			.of("pyboot.is_sold(pyboot.handle(pyboot))", "argument ticket", "pyboot.perform({'play': 1})",
					"argument stage", "pyboot.keep([])", "argument object")
			.entrySet()) {
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.python.exec("import pyboot; " + refused.getKey()))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"))
				.withMessageContaining(refused.getValue());
		}
	}

	@Test
	void exceptionOfJavaComesBackAsItself() {
		IllegalStateException thrown = new IllegalStateException("sold out");
		try (var registration = this.python.register("reserve", () -> {
			throw thrown;
		})) {
			for (PythonOperations each : List.of(this.python, this.python.withTimeout(Duration.ofSeconds(30)))) {
				assertThatExceptionOfType(PythonCallException.class)
					.isThrownBy(() -> each.eval("__import__('pyboot').reserve()"))
					.satisfies((ex) -> assertThat(ex.getCause()).isSameAs(thrown));
			}
			assertThat(this.python.evalAsync("__import__('pyboot').reserve()", Object.class)
				.handle((value, failure) -> failure)
				.join()).hasCause(thrown);
		}
	}

}
