package io.pyboot.callable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.pyboot.PythonCallException;
import io.pyboot.template.PythonOperations;
import io.pyboot.testing.PythonApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Python code calls methods annotated with {@link PythonCallable} and functions that were
 * registered.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = { PythonApplication.class, PythonCallableIntegrationTests.Events.class },
		webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=1", "pyboot.pools.other.size=1", "desk.city=Seattle",
				"pyboot.python.executable=${pyboot.test.python:}" })
@Import(PythonCallableIntegrationTests.Methods.class)
class PythonCallableIntegrationTests {

	@Autowired
	private PythonOperations python;

	@Autowired
	private Events events;

	@BeforeEach
	void importThePackage() {
		this.python.execAll("import pyboot");
		this.python.pool("other").execAll("import pyboot");
	}

	@Test
	void methodsAreFoundInThreeWaysInEveryPool() {
		for (String pool : List.of("default", "other")) {
			this.python.pool(pool)
				.exec("""
						from pyboot import price
						assert price('apple', 3) == pyboot.price('apple', 3) == pyboot.call('price', 'apple', 3) == 'apple*3'
						assert 'price' in pyboot.callbacks() and 'price' in dir(pyboot)
						""");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			price('apple', count=3)                       | apple*3
			price(count=3, product='apple')               | apple*3
			greet()                                       | empty
			greet(None)                                   | empty
			greet('Ada')                                  | Ada
			greet(name='Ada')                             | Ada
			reference(None)                               | null
			total()                                       | 0
			total(1, 2, 3)                                | 6
			total(numbers=[1, 2])                         | 3
			joined(',', 'a', 'b')                         | a,b
			ints([1, 2])                                  | Integer 3
			grid([[1, 2], [3]])                           | 3
			byName({'a': {1, 2}})                         | {a=[1, 2]}
			move({'x': 1, 'y': 2.5})                      | 2.5
			unit('DAYS')                                  | DAYS
			unit(__import__('enum').Enum('U', 'DAYS').DAYS) | DAYS
			narrow(127, 32767, 2**31 - 1, 2**63 - 1)      | 127 32767 2147483647 9223372036854775807
			real(3)                                       | 3.0
			letter('x')                                   | x
			flag(True)                                    | true
			nothing()                                     | None
			maybe(True)                                   | yes
			maybe(False)                                  | None
			promised('x')                                 | x!
			mono('x')                                     | x?
			record()                                      | "{'x': 1, 'y': 2.5}"
			""")
	void argumentsAndResultsAreConverted(String call, String result) {
		assertThat(this.python.eval("str(pyboot." + call + ")")).isEqualTo(result);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					price('apple')              | price() cannot be called: argument count is missing; it is price(String product, int count)
					price('apple', 1, 2)        | price() cannot be called: it takes 2 arguments, but 3 were given
					price('apple', 1, count=2)  | it got several values for argument count
					price('apple', cuont=2)     | it has no parameter 'cuont'; it is price(String product, int count)
					price('apple', 1.0)         | Python's float at argument count cannot become java.lang.Integer: a float is not an integer
					price('apple', None)        | Python's None at argument count cannot become int
					price('apple', True)        | Python's bool at argument count cannot become java.lang.Integer
					price('apple', 2**40)       | 1099511627776 does not fit exactly
					price('apple', '3')         | Python's str at argument count cannot become java.lang.Integer
					price(3, 3)                 | Python's int at argument product cannot become java.lang.String
					narrow(128, 1, 1, 1)        | Python's int at argument tiny cannot become java.lang.Byte: 128 does not fit exactly
					real(2**53 + 1)             | cannot become java.lang.Double
					letter('xy')                | it is not one character
					ints([1, 'a'])              | Python's str at argument values[1] cannot become java.lang.Integer
					reference()                 | argument value is missing; it is reference(Integer value)
					unit('AEONS')               | argument unit
					total(1, 'a')               | Python's str at argument numbers cannot become java.lang.Integer; it is total(int... numbers)
					price()                     | price() cannot be called
					""")
	void unsuitableArgumentsAreATypeErrorThatSaysWhatIsExpected(String call, String message) {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.eval("pyboot." + call))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"))
			.withMessageContaining(message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			choose(2)             | int
			choose(2**40)         | double
			choose(True)          | boolean
			choose(2.5)           | double
			choose('a')           | String
			choose([1])           | List
			choose({'x': 1})      | Map
			choose(1, 2)          | int, int
			choose(1, 2, 3)       | int...
			choose()              | int...
			choose(flag=False)    | boolean
			""")
	void overloadsAreChosenByTheArguments(String call, String chosen) {
		assertThat(this.python.eval("pyboot." + call)).isEqualTo(chosen);
	}

	@Test
	void anOverloadThatSuitsNothingOrTwiceIsATypeErrorThatListsThem() {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.eval("pyboot.pair('a', {})"))
			.withMessageContaining("pair(str, dict) suits none of its overloads: ")
			.withMessageContaining("pair(int first, Long second): ")
			.withMessageContaining("pair(Long first, int second): ");
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.eval("pyboot.pair(1, 2)"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"))
			.withMessageContaining("pair(int, int) is ambiguous, it suits equally well: ")
			.withMessageContaining("pair(int first, Long second)")
			.withMessageContaining("pair(Long first, int second)");
		assertThat(this.python.eval("pyboot.pair(1, None)")).isEqualTo("int, Long");
	}

	@ParameterizedTest
	@ValueSource(strings = { "secret", "toString", "hashCode", "getClass", "methods", "io" })
	void nothingThatIsNotAnnotatedCanBeReached(String name) {
		assertThat(this.python.eval("hasattr(pyboot, name)", Boolean.class, Map.of("name", name))).isFalse();
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> this.python.eval("pyboot.call(name)", Object.class, Map.of("name", name)))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("LookupError"));
		assertThat(this.python.eval("name in pyboot.callbacks()", Boolean.class, Map.of("name", name))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "checked, java.io.IOException, disk full", "runtime, java.lang.IllegalStateException, not now",
			"memory, java.lang.OutOfMemoryError, made up", "overflow, java.lang.StackOverflowError,",
			"late, java.io.IOException, too late" })
	void whateverAMethodThrowsArrivesInPythonWithItsTypeAndTheMethodWorksAfterwards(String name, String type,
			@Nullable String message) {
		this.python.exec("""
				def attempt(name):
				    try:
				        pyboot.call('fail', name)
				    except pyboot.JavaError as e:
				        return [e.java_class, e.message, '$Methods.' in e.stack]
				""");
		for (int i = 0; i < 2; i++) {
			List<?> caught = (List<?>) this.python.eval("attempt(name)", Object.class, Map.of("name", name));
			assertThat(caught.subList(0, 2)).isEqualTo(java.util.Arrays.asList(type, message));
			assertThat(caught.get(2)).isEqualTo(true);
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.python.eval("pyboot.call('fail', name)", Object.class, Map.of("name", name)))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("pyboot.JavaError"))
				.withMessageContaining(type);
			assertThat(this.python.eval("pyboot.price('apple', 1)")).isEqualTo("apple*1");
		}
	}

	@Test
	void functionsAreRegisteredAtRunTime() {
		try (var none = this.python.register("answer", () -> 42);
				var one = this.python.register("shout", String.class, (text) -> text.toUpperCase());
				var two = this.python.register("repeat", String.class, int.class, (text, n) -> text.repeat(n));
				var any = this.python.register("raw", (arguments, keywords) -> arguments.size() + keywords.size())) {
			assertThat(this.python
				.eval("[pyboot.answer(), pyboot.shout('a'), pyboot.repeat('ab', 2), pyboot.raw(1, x=2)]"))
				.isEqualTo(List.of(42L, "A", "abab", 2L));
			assertThat(this.python.pool("other").eval("pyboot.answer()")).isEqualTo(42L);
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.python.eval("pyboot.repeat('ab', 2.0)"))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"))
				.withMessageContaining(
						"repeat() cannot be called: Python's float at argument 2 cannot become java.lang.Integer");
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.eval("pyboot.shout()"))
				.withMessageContaining("shout() takes 1 arguments, but 0 were given");
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.python.eval("pyboot.shout(text='a')"))
				.withMessageContaining("shout() takes no keyword arguments");
			assertThatIllegalArgumentException().isThrownBy(() -> this.python.register("answer", () -> 1))
				.withMessageContaining("registered already");
		}
		assertThat(this.python.eval("'answer' in pyboot.callbacks()")).isEqualTo(false);
	}

	@Test
	void unregisteredNamesAreUnknown() {
		this.python.register("passing", () -> 1);
		assertThat(this.python.eval("pyboot.passing()")).isEqualTo(1L);
		assertThat(this.python.unregister("passing")).isTrue();
		assertThat(this.python.unregister("passing")).isFalse();
		assertThat(this.python.unregister("pyboot.publish")).isFalse();
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.eval("pyboot.passing()"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("LookupError"));
		assertThat(this.python.eval("hasattr(pyboot, 'passing')")).isEqualTo(false);
	}

	@Test
	void publishedObjectsAreApplicationEvents() {
		this.events.received.clear();
		this.python.pool("other").exec("pyboot.publish({'order': 17})");
		assertThat(this.events.received).singleElement().satisfies((event) -> {
			assertThat(event.getPayload()).isEqualTo(Map.of("order", 17L));
			assertThat(event.getPool()).isEqualTo("other");
			assertThat(event.getContext()).isZero();
		});
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.exec("pyboot.publish('bad')"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("pyboot.JavaError"))
			.withMessageContaining("listener refused");
	}

	@Test
	void propertiesAndNamesOfBeansCanBeRead() {
		assertThat(this.python.eval("[pyboot.environment('desk.city'), pyboot.environment('desk.town'),"
				+ " pyboot.environment('desk.town', 'none'), pyboot.environment('desk')]"))
			.isEqualTo(java.util.Arrays.asList("Seattle", null, "none", null));
		assertThat(this.python.eval("pyboot.bean_names()"))
			.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(String.class))
			.contains("pythonTemplate")
			.isSorted();
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> this.python.eval("pyboot.environment(3)"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"));
	}

	@Test
	void aCallbackMayCallPythonAgainInAPoolOfOneContext() {
		try (var registration = this.python.register("descend", long.class, (depth) -> (depth == 0) ? 0L
				: this.python.eval("pyboot.descend(n - 1) + 1", Long.class, Map.of("n", depth)))) {
			assertThat(this.python.eval("pyboot.descend(50)")).isEqualTo(50L);
		}
	}

	record Point(int x, double y) {

	}

	static class Events {

		final List<PythonEvent> received = new ArrayList<>();

		@EventListener
		void on(PythonEvent event) {
			if ("bad".equals(event.getPayload())) {
				throw new IllegalStateException("listener refused");
			}
			this.received.add(event);
		}

	}

	static class Methods {

		public String secret() {
			return "not annotated";
		}

		@PythonCallable("price")
		public String priceOf(String product, int count) {
			return product + "*" + count;
		}

		@PythonCallable
		String greet(Optional<String> name) {
			return name.orElse("empty");
		}

		@PythonCallable
		String reference(@Nullable Integer value) {
			return String.valueOf(value);
		}

		@PythonCallable
		int total(int... numbers) {
			return java.util.Arrays.stream(numbers).sum();
		}

		@PythonCallable
		String joined(String separator, String... parts) {
			return String.join(separator, parts);
		}

		@PythonCallable
		String ints(List<Integer> values) {
			Integer sum = 0;
			for (Integer value : values) {
				sum += value;
			}
			return sum.getClass().getSimpleName() + " " + sum;
		}

		@PythonCallable
		int grid(int[][] rows) {
			return rows[1][0];
		}

		@PythonCallable
		String byName(Map<String, java.util.Set<Integer>> values) {
			return values.toString();
		}

		@PythonCallable
		double move(Point point) {
			return point.x() * point.y();
		}

		@PythonCallable
		TimeUnit unit(TimeUnit unit) {
			return unit;
		}

		@PythonCallable
		String narrow(byte tiny, short small, int medium, long large) {
			return tiny + " " + small + " " + medium + " " + large;
		}

		@PythonCallable
		double real(double value) {
			return value;
		}

		@PythonCallable
		char letter(char value) {
			return value;
		}

		@PythonCallable
		String flag(boolean value) {
			return String.valueOf(value);
		}

		@PythonCallable
		void nothing() {
		}

		@PythonCallable
		Optional<String> maybe(boolean there) {
			return there ? Optional.of("yes") : Optional.empty();
		}

		@PythonCallable
		CompletableFuture<String> promised(String text) {
			return CompletableFuture.supplyAsync(() -> text + "!");
		}

		@PythonCallable
		Mono<String> mono(String text) {
			return Mono.fromSupplier(() -> text + "?");
		}

		@PythonCallable
		Point record() {
			return new Point(1, 2.5);
		}

		@PythonCallable("choose")
		String chooseInt(int value) {
			return "int";
		}

		@PythonCallable("choose")
		String chooseDouble(double value) {
			return "double";
		}

		@PythonCallable("choose")
		String chooseBoolean(boolean flag) {
			return "boolean";
		}

		@PythonCallable("choose")
		String chooseString(String value) {
			return "String";
		}

		@PythonCallable("choose")
		String chooseList(List<Object> value) {
			return "List";
		}

		@PythonCallable("choose")
		String chooseMap(Map<String, Object> value) {
			return "Map";
		}

		@PythonCallable("choose")
		String chooseTwo(int first, int second) {
			return "int, int";
		}

		@PythonCallable("choose")
		String chooseMany(int... values) {
			return "int...";
		}

		@PythonCallable
		String pair(int first, Long second) {
			return "int, Long";
		}

		@PythonCallable
		String pair(Long first, int second) {
			return "Long, int";
		}

		@PythonCallable
		Object fail(String how) throws Exception {
			switch (how) {
				case "checked" -> throw new IOException("disk full");
				case "runtime" -> throw new IllegalStateException("not now");
				case "memory" -> throw new OutOfMemoryError("made up");
				case "overflow" -> {
					return overflow(0);
				}
				default -> throw late().get();
			}
		}

		private static int overflow(int depth) {
			return overflow(depth + 1) + 1;
		}

		private java.util.function.Supplier<Exception> late() {
			return () -> new IOException("too late");
		}

	}

}
