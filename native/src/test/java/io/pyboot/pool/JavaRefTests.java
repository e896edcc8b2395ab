package io.pyboot.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.pyboot.JavaRef;
import io.pyboot.PythonCallException;
import io.pyboot.PythonConversionException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.JavaObjects;
import io.pyboot.codec.WireDecoder;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Java objects that Python holds, on every way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaRefTests {

	private final CallbackRegistry registry = new CallbackRegistry();

	private final CountDownLatch held = new CountDownLatch(1);

	private final CountDownLatch letGo = new CountDownLatch(1);

	private PythonRuntime runtime;

	private PythonPool pool;

	PythonMode mode() {
		return PythonMode.AUTO;
	}

	/** Equal by value, so that identity and equality differ. */
	record Point(int x, int y) {

	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.registry.register("echo", (arguments, keywords) -> JavaRef.of(arguments.get(0)));
		this.registry.register("hold", (arguments, keywords) -> {
			this.held.countDown();
			this.letGo.await();
			return null;
		});
		this.registry.register("point", (arguments, keywords) -> JavaRef.of(new Point(7, 8)));
		this.registry.register("throw_point", (arguments, keywords) -> {
			throw new Odd();
		});
		this.registry.register("mixed", (arguments, keywords) -> List.of(JavaRef.of(new Point(1, 1)), new Object()));
		this.pool = PythonPool.open(this.runtime, PoolOptions.named("refs").withSize(1).withMode(mode()),
				this.registry);
		Engine.exec(this.pool, """
				import pyboot, gc
				def echo(value): return value
				def fail(*args): raise ValueError("no")
				def unconvertible(ref): return [ref, [object()]]
				kept = []
				""");
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
		assertNothingIsLeft();
	}

	static final class Odd extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	private static void assertNothingIsLeft() {
		Awaitility.await().untilAsserted(() -> {
			JavaObjects.sweep();
			assertThat(JavaObjects.size()).isZero();
			assertThat(LibPyboot.pb_live_refs()).isZero();
		});
	}

	private static PythonRequest call(String function, @Nullable Object... arguments) {
		return PythonRequest.call("__main__:" + function, arguments, Map.of());
	}

	private static PythonRequest eval(String expression, Map<String, ?> variables) {
		return PythonRequest.eval(expression, variables);
	}

	@ParameterizedTest
	@EnumSource
	void anObjectComesBackAsItself(Way way) {
		Object object = new Object();
		assertThat(way.run(this.pool, call("echo", JavaRef.of(object)))).isSameAs(object);
		List<?> nested = (List<?>) way.run(this.pool,
				call("echo", Arrays.asList(1, Map.of("a", JavaRef.of(object)), JavaRef.of(object))));
		assertThat(((Map<?, ?>) nested.get(1)).get("a")).isSameAs(object);
		assertThat(nested.get(2)).isSameAs(object);
		assertThat(way.run(this.pool, eval("pyboot.echo(x)", Map.of("x", JavaRef.of(object))))).isSameAs(object);
		assertThat(way.run(this.pool, eval("pyboot.point()", Map.of()))).isEqualTo(new Point(7, 8));
	}

	@ParameterizedTest
	@EnumSource
	void pythonKeepsAnObjectBetweenRequests(Way way) {
		Object object = new Object();
		way.run(this.pool, call("kept.append", JavaRef.of(object)));
		assertThat(JavaObjects.size()).isEqualTo(1);
		assertThat(way.run(this.pool, eval("kept[0]", Map.of()))).isSameAs(object);
		assertThat(way.run(this.pool, eval("kept.pop()", Map.of()))).isSameAs(object);
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void equalityAndHashAreThoseOfJava(Way way) {
		Map<String, Object> variables = Map.of("a", JavaRef.of(new Point(1, 2)), "b", JavaRef.of(new Point(1, 2)), "c",
				JavaRef.of(new Point(2, 1)));
		assertThat(way.run(this.pool,
				eval("[a == b, a != b, a == c, hash(a) == hash(b), len({a, b, c}), a == 1, {a: 5}[b]]", variables)))
			.isEqualTo(List.of(true, false, false, true, 2L, false, 5L));
		assertThat((Integer) ((Long) way.run(this.pool, eval("hash(a)", variables))).intValue())
			.isEqualTo(new Point(1, 2).hashCode());
	}

	@Test
	void objectsCanBeElementsOfASetAndKeysOfAMap() {
		Point point = new Point(3, 4);
		assertThat(this.pool.invoke(call("echo", Map.of(JavaRef.of(point), 1L)), Engine.NONE))
			.isEqualTo(Map.of(point, 1L));
		assertThat(this.pool.invoke(call("echo", java.util.Set.of(JavaRef.of(point))), Engine.NONE))
			.isEqualTo(java.util.Set.of(point));
	}

	@Test
	void aRefIsOpaque() {
		Map<String, Object> a = Map.of("a", JavaRef.of(new Point(1, 2)));
		assertThat(evaluate("repr(a)", a)).isEqualTo("<JavaRef of " + Point.class.getName() + ">");
		assertThat(evaluate("type(a) is pyboot.JavaRef and __import__('copy').deepcopy(a) is a", a)).isEqualTo(true);
		assertRaises("AttributeError", "a.x", a);
		assertRaises("AttributeError", "setattr(a, 'x', 1)", a);
		assertRaises("TypeError", "__import__('pickle').dumps(a)", a);
		assertRaises("TypeError", "pyboot.JavaRef()", a);
		assertRaises("TypeError", "pyboot.JavaRef(1)", a);
		assertRaises("TypeError", "type('Sub', (pyboot.JavaRef,), {})", a);
		assertThatNullPointerException().isThrownBy(() -> JavaRef.of(null));
	}

	@Test
	void aForgedIdIsRefusedOnBothSides() {
		Map<String, Object> a = Map.of("a", JavaRef.of(new Point(1, 2)));
		// A capsule of somebody else's, which Python code can find.
		String foreign = "object.__setattr__(a, '_capsule', __import__('datetime').datetime_CAPI)";
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> evaluate(foreign + " or [a]", a))
			.withMessageContaining("a JavaRef is not valid")
			.withMessageContaining("[0]");
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> evaluate(foreign + " or pyboot.echo(a)", a))
			.withMessageContaining("a JavaRef is not valid, at args[0]")
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"));
		ByteBuffer message = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
		for (long id : new long[] { 0, 1, -1, 1L << 32, (5L << 32) | 7, Long.MIN_VALUE }) {
			message.put(0, (byte) 'J').putLong(1, id);
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> new WireDecoder(message, 0, 9).read())
				.withMessageContaining("a JavaRef is not known");
		}
		assertNothingIsLeft();
	}

	private @Nullable Object evaluate(String expression, Map<String, ?> variables) {
		return this.pool.invoke(eval(expression, variables), Engine.NONE);
	}

	private void assertRaises(String type, String expression, Map<String, ?> variables) {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate(expression, variables))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo(type));
	}

	@ParameterizedTest
	@EnumSource
	void failuresLeaveNothing(Way way) {
		JavaRef ref = JavaRef.of(new Point(5, 5));
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> way.run(this.pool, call("echo", List.of(ref, ref, new Object()))));
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> way.run(this.pool, call("fail", ref)));
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> way.run(this.pool, call("missing", ref)));
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> way.run(this.pool, call("unconvertible", ref)));
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> way.run(this.pool, call("echo", Map.of(1, ref, 1.0, ref))));
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> way.run(this.pool, eval("pyboot.echo(a, [object()])", Map.of("a", ref))));
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> way.run(this.pool, eval("pyboot.mixed()", Map.of())));
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> way.run(this.pool, eval("pyboot.throw_point()", Map.of())))
			.withCauseInstanceOf(Odd.class);
		Engine.exec(this.pool, "gc.collect()");
		assertNothingIsLeft();
	}

	@Test
	void requestsThatAreGivenUpLeaveNothing() throws InterruptedException {
		CompletableFuture<?> blocking = this.pool.submit(eval("pyboot.hold()", Map.of()), Engine.NONE);
		this.held.await();
		List<CompletableFuture<?>> futures = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			futures.add(this.pool.submit(call("echo", JavaRef.of(new Point(i, i))), Engine.NONE));
		}
		assertThat(JavaObjects.size()).isEqualTo(50);
		futures.forEach((future) -> future.cancel(true));
		this.letGo.countDown();
		blocking.join();
		assertNothingIsLeft();
		futures.clear();
		for (int i = 0; i < 200; i++) { // some queued, some running, some answered
			CompletableFuture<?> future = this.pool.submit(call("echo", JavaRef.of(new Point(i, i))), Engine.NONE);
			if (i % 2 == 0) {
				future.cancel(true);
			}
			futures.add(future);
		}
		futures.forEach((future) -> future.handle((value, failure) -> null).join());
		Awaitility.await().until(() -> this.pool.queueDepth() == 0);
		assertNothingIsLeft();
	}

	@Test
	void castsLeaveNothing() {
		for (int i = 0; i < 100; i++) {
			this.pool.cast(call((i % 2 == 0) ? "echo" : "fail", JavaRef.of(new Point(i, i))), Engine.NONE);
		}
		Awaitility.await().until(() -> this.pool.inFlight() == 0);
		assertNothingIsLeft();
	}

	@Test
	void aPoolThatDoesNotRunLeavesNothing() {
		PythonPool other = PythonPool.open(this.runtime, PoolOptions.named("gone").withSize(1));
		other.close();
		for (Way way : Way.values()) {
			assertThatExceptionOfType(io.pyboot.PythonNotRunningException.class)
				.isThrownBy(() -> way.run(other, PythonRequest.eval("a", Map.of("a", JavaRef.of(this)))));
		}
		assertNothingIsLeft();
	}

	@Test
	void whatPythonKeepsEndsWithItsContext() {
		PythonPool other = PythonPool.open(this.runtime, PoolOptions.named("short").withSize(1).withMode(mode()));
		Engine.exec(other, "kept = []");
		other.invoke(call("kept.append", JavaRef.of(new Point(0, 0))), Engine.NONE);
		assertThat(JavaObjects.size()).isEqualTo(1);
		other.close();
		assertNothingIsLeft();
	}

	/**
	 * A million, once a build: in subinterpreters of the bundled CPython. Elsewhere the
	 * counts are checked after fewer.
	 */
	@Test
	void aMillionRoundTripsLeaveNothing() throws IOException {
		boolean all = this.pool.mode() == PythonMode.SUBINTERPRETER
				&& System.getProperty("pyboot.test.python", "").isEmpty();
		int each = all ? 40_000 : 2_000;
		rounds(5 * each); // the JVM has its size then
		List<Long> resident = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			resident.add(rounds(each));
		}
		assertNothingIsLeft();
		SoakTests.assertFlat(resident);
	}

	/** Round trips of all kinds; gives the size of the process afterwards. */
	private long rounds(int count) throws IOException {
		Point point = new Point(9, 9);
		for (int i = 0; i < count; i++) {
			if (i % 1000 == 0) {
				assertThatExceptionOfType(PythonConversionException.class).isThrownBy(
						() -> this.pool.invoke(call("echo", List.of(JavaRef.of(point), new Object())), Engine.NONE));
				this.pool.submit(call("echo", JavaRef.of(point)), Engine.NONE).cancel(true);
			}
			assertThat(this.pool.invoke(call("echo", JavaRef.of(point)), Engine.NONE)).isSameAs(point);
			if (i % 1000 == 999) {
				assertThat(JavaObjects.size()).isLessThan(100);
			}
		}
		System.gc();
		return SoakTests.residentKilobytes();
	}

	@ParameterizedTest
	@EnumSource
	void aJavaExceptionComesBackAsTheIdenticalCause(Way way) {
		for (Throwable thrown : List.of(new java.io.IOException("seat"), new StackOverflowError(), new Odd(),
				new OutOfMemoryError("pretended"))) {
			try (var registration = this.registry.register("throw_it", (arguments, keywords) -> {
				throw thrown;
			})) {
				assertThatExceptionOfType(PythonCallException.class)
					.isThrownBy(() -> way.run(this.pool, eval("pyboot.throw_it()", Map.of())))
					.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("pyboot.JavaError"))
					.satisfies((ex) -> assertThat(ex.getCause()).isSameAs(thrown));
			}
		}
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void eachLevelOfNestedExceptionsHasItsCause(Way way) {
		Odd innermost = new Odd();
		List<Throwable> seen = new ArrayList<>();
		try (var registration = this.registry.register("level", (arguments, keywords) -> {
			long level = (Long) arguments.get(0);
			if (level == 0) {
				throw innermost;
			}
			try {
				return way.run(this.pool, eval("pyboot.level(" + (level - 1) + ")", Map.of()));
			}
			catch (PythonCallException ex) {
				seen.add(ex);
				throw ex;
			}
		})) {
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> way.run(this.pool, eval("pyboot.level(3)", Map.of())))
				.satisfies((ex) -> assertThat(ex.getCause()).isSameAs(seen.get(2)));
			assertThat(seen).hasSize(3);
			assertThat(seen.get(2).getCause()).isSameAs(seen.get(1));
			assertThat(seen.get(1).getCause()).isSameAs(seen.get(0));
			assertThat(seen.get(0).getCause()).isSameAs(innermost);
		}
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void aCaughtJavaErrorRetainsNothing(Way way) {
		Engine.exec(this.pool, """
				def caught():
				    try:
				        pyboot.throw_point()
				    except pyboot.JavaError as e:
				        return e.java_class
				def wrapped():
				    try:
				        pyboot.throw_point()
				    except pyboot.JavaError as e:
				        raise ValueError("wrapped") from e
				def while_handling():
				    try:
				        {}["key"]
				    except KeyError:
				        pyboot.throw_point()
				""");
		assertThat(way.run(this.pool, call("caught"))).isEqualTo(Odd.class.getName());
		assertNothingIsLeft();
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> way.run(this.pool, call("wrapped")))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("ValueError"))
			.satisfies((ex) -> assertThat(ex.getCause()).isInstanceOf(PythonCallException.class))
			.withRootCauseInstanceOf(Odd.class);
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> way.run(this.pool, call("while_handling")))
			.withCauseInstanceOf(Odd.class)
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(PythonCallException.class));
		assertNothingIsLeft();
	}

}
