package io.pyboot.pool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.pyboot.PythonCallException;
import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Python code calls Java, on every way that a request may take.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallbackTests {

	private final CallbackRegistry registry = new CallbackRegistry();

	private final AtomicReference<@Nullable Thread> ranOn = new AtomicReference<>();

	private PythonRuntime runtime;

	/** Of one context, so that a callback that waited for another would wait for ever. */
	private PythonPool pool;

	PoolOptions options() {
		return PoolOptions.named("callbacks").withSize(1);
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.registry.register("echo", (arguments, keywords) -> arguments.get(0));
		this.registry.register("where", (arguments, keywords) -> {
			this.ranOn.set(Thread.currentThread());
			return arguments.isEmpty() ? null : arguments.get(0);
		});
		this.registry.register("both", (arguments, keywords) -> List.of(arguments, keywords));
		this.registry.register("fail", (arguments, keywords) -> {
			throw new java.io.IOException("no such seat");
		});
		this.registry.register("refuse", (arguments, keywords) -> {
			throw new CallbackArgumentException("refuse() takes no arguments");
		});
		this.registry.register("unconvertible", (arguments, keywords) -> new Object());
		for (Way way : Way.values()) {
			this.registry.register("descend_" + way, (arguments, keywords) -> {
				long depth = (Long) arguments.get(0);
				return (depth == 0) ? 0L : way.run(this.pool, call("__main__:descend", depth - 1, way.name()));
			});
		}
		this.pool = PythonPool.open(this.runtime, options(), this.registry);
		this.pool.invoke(PythonRequest.exec("""
				import pyboot
				runs = 0
				def descend(depth, way):
				    global runs
				    runs += 1
				    return pyboot.call("descend_" + way, depth) + 1
				""", Map.of()), RequestOptions.NONE);
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
	}

	private static PythonRequest call(String function, Object... arguments) {
		return PythonRequest.call(function, arguments, Map.of());
	}

	private static PythonRequest eval(String expression) {
		return PythonRequest.eval(expression, Map.of());
	}

	private @Nullable Object evaluate(String expression) {
		return this.pool.invoke(eval(expression), RequestOptions.NONE);
	}

	@ParameterizedTest
	@EnumSource
	void valuesCrossBothWays(Way way) {
		assertThat(way.run(this.pool, eval("pyboot.call('echo', [1, {'a': None}, 'é😁', b'x'])")))
			.isInstanceOf(List.class)
			.extracting(Object::toString)
			.asString()
			.startsWith("[1, {a=null}, é😁, [B");
		assertThat(way.run(this.pool, eval("pyboot.both(1, 'two', x=3, y=[4])")))
			.hasToString("[[1, two], {x=3, y=[4]}]");
		assertThat(way.run(this.pool, eval("len(pyboot.echo('x' * 3_000_000))"))).isEqualTo(3_000_000L);
	}

	@Test
	void callbacksAreFoundInThreeWays() {
		assertThat(evaluate("[pyboot.call('echo', 1), pyboot.echo(2), __import__('pyboot').echo(3)]"))
			.isEqualTo(List.of(1L, 2L, 3L));
		this.pool.invoke(PythonRequest.exec("from pyboot import echo\nassert echo(4) == 4 and echo.__name__ == 'echo'",
				Map.of()), RequestOptions.NONE);
	}

	@Test
	void unknownNamesListNearMisses() {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate("pyboot.call('ecko', 1)"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("LookupError"))
			.withMessageContaining("no callback is named 'ecko'; did you mean echo?");
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate("pyboot.ecko(1)"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("AttributeError"))
			.withMessageContaining("did you mean echo?");
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(
				() -> this.pool.invoke(PythonRequest.exec("from pyboot import ecko", Map.of()), RequestOptions.NONE))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("ImportError"))
			.withMessageContaining("did you mean echo?");
		assertThat(evaluate("hasattr(pyboot, 'ecko')")).isEqualTo(false);
		assertThat(evaluate("hasattr(pyboot, '__wrapped__')")).isEqualTo(false);
	}

	@Test
	void anUnregisteredCallbackIsUnknownAndCanBeRegisteredAgain() {
		CallbackRegistry.Registration first = this.registry.register("passing", (arguments, keywords) -> 1L);
		this.pool.invoke(PythonRequest.exec("from pyboot import passing", Map.of()), RequestOptions.NONE);
		assertThat(evaluate("passing()")).isEqualTo(1L);
		first.close();
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate("passing()"))
			.withMessageContaining("no callback is named 'passing'");
		assertThat(evaluate("hasattr(pyboot, 'passing')")).isEqualTo(false);
		try (var second = this.registry.register("passing", (arguments, keywords) -> 2L)) {
			first.close();
			assertThat(evaluate("[passing(), pyboot.passing()]")).isEqualTo(List.of(2L, 2L));
		}
	}

	@Test
	void namesThatCannotBeImportedAreRefused() {
		for (String name : List.of("", "two words", "9lives", "_private", "class", "call", "JavaError", "a.b")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.registry.register(name, (arguments, keywords) -> null))
				.withMessageContaining("'" + name + "' cannot be the name of a callback");
		}
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.register("echo", (arguments, keywords) -> null))
			.withMessageContaining("registered already");
	}

	@ParameterizedTest
	@EnumSource(names = { "DIRECT", "DEADLINE" })
	void theWaitingThreadRunsThem(Way way) {
		way.run(this.pool, eval("pyboot.where()"));
		assertThat(this.ranOn.get()).isSameAs(Thread.currentThread());
	}

	@Test
	void whereNobodyWaitsAnExecutorRunsThem() {
		Way.ASYNC.run(this.pool, eval("pyboot.where()"));
		assertThat(this.ranOn.get().getName()).startsWith("pyboot-callbacks-");
		this.ranOn.set(null);
		this.pool.cast(eval("pyboot.where()"), RequestOptions.NONE);
		org.awaitility.Awaitility.await().until(() -> this.ranOn.get() != null);
		assertThat(this.ranOn.get().getName()).startsWith("pyboot-callbacks-");
	}

	@ParameterizedTest
	@EnumSource
	void javaAndPythonCallEachOtherFiftyDeepAndEachFunctionRunsOnce(Way way) {
		long before = (Long) evaluate("runs");
		assertThat(way.run(this.pool, call("__main__:descend", 50L, way.name()))).isEqualTo(51L);
		assertThat((Long) evaluate("runs") - before).isEqualTo(51);
	}

	@Test
	void waysMixWhileCallbacksNest() {
		AtomicInteger level = new AtomicInteger();
		try (var registration = this.registry.register("mixed", (arguments, keywords) -> {
			int now = level.getAndIncrement();
			if (now == 24) {
				return 0L;
			}
			return Way.values()[now % 3].run(this.pool, eval("pyboot.mixed() + 1"));
		})) {
			assertThat(evaluate("pyboot.mixed()")).isEqualTo(24L);
		}
	}

	@ParameterizedTest
	@EnumSource
	void mutualRecursionWithoutEndIsAnErrorOnBothSides(Way way) {
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> way.run(this.pool, call("__main__:descend", Long.MAX_VALUE, way.name())))
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("RecursionError"));
		assertThat(evaluate("1 + 1")).isEqualTo(2L);
	}

	@ParameterizedTest
	@EnumSource
	void aFailureOfTheCallbackReachesPythonAndCanBeCaught(Way way) {
		assertThat(way.run(this.pool, caught())).isEqualTo("java.io.IOException|no such seat|true");
	}

	private PythonRequest caught() {
		this.pool.invoke(PythonRequest.exec("""
				def attempt():
				    try:
				        pyboot.fail()
				    except pyboot.JavaError as e:
				        return f"{e.java_class}|{e.message}|{'CallbackTests' in e.stack}".replace("True", "true")
				""", Map.of()), RequestOptions.NONE);
		return eval("attempt()");
	}

	@Test
	void unsuitableArgumentsAreATypeError() {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate("pyboot.refuse(1)"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"))
			.withMessageContaining("refuse() takes no arguments");
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> evaluate("pyboot.echo({'x': [object()]})"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"))
			.withMessageContaining("at args[0]['x'][0]");
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate("pyboot.echo(1, key=object())"))
			.withMessageContaining("at kwargs['key']");
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> evaluate("pyboot.unconvertible()"))
			.withMessageContaining("java.lang.Object");
		assertThat(evaluate("pyboot.echo(1)")).isEqualTo(1L);
	}

	@Test
	void threadsOfPythonCallBackAtOnceAndAnswersDoNotCross() {
		assertThat(evaluate(
				"""
						[f.result() for pool in [__import__('concurrent.futures').futures.ThreadPoolExecutor(8)]
						 for f in [pool.submit(lambda i: [pyboot.echo([i, j]) == [i, j] for j in range(50)], i) for i in range(16)]
						]"""
					.replace("\n", " ")))
			.isEqualTo(Collections.nCopies(16, Collections.nCopies(50, true)));
	}

	@Test
	void threadsInModeMainAreServedWhileTheContextOfAnotherPoolCannotEnd() {
		PoolOptions options = PoolOptions.named("first").withSize(1).withMode(PythonMode.MAIN);
		PythonPool first = PythonPool.open(this.runtime, options, this.registry);
		try (PythonPool second = PythonPool.open(this.runtime, options, this.registry)) {
			CompletableFuture<Object> stubborn = first.submit(PythonRequest.exec("""
					import sys, time
					sys.stubborn = True
					while sys.stubborn:
					    try: time.sleep(0.01)
					    except BaseException: pass
					try:
					    __import__('pyboot').echo(1)
					except RuntimeError as e:
					    sys.told = str(e)
					""", Map.of()), RequestOptions.NONE);
			await().until(() -> Boolean.TRUE
				.equals(second.invoke(eval("getattr(__import__('sys'), 'stubborn', False)"), RequestOptions.NONE)));
			first.close(Duration.ofMillis(100));
			assertThat(second.invoke(eval("__import__('concurrent.futures').futures.ThreadPoolExecutor(1)"
					+ ".submit(lambda: __import__('pyboot').echo(1)).result(20)"), RequestOptions.NONE))
				.isEqualTo(1L);
			second.invoke(PythonRequest.exec("import sys; sys.stubborn = False", Map.of()), RequestOptions.NONE);
			assertThat(stubborn).failsWithin(Duration.ofSeconds(20));
			await().untilAsserted(() -> assertThat(
					second.invoke(eval("getattr(__import__('sys'), 'told', None)"), RequestOptions.NONE))
				.isEqualTo("the pool has stopped: nobody answers callbacks"));
		}
	}

	@Test
	void threadsThatOutliveTheirPoolAreToldThatNobodyAnswers(@TempDir Path directory) throws Exception {
		Path told = directory.resolve("told");
		PythonPool pool = PythonPool.open(this.runtime, PoolOptions.named("outlived").withSize(1), this.registry);
		assumeTrue(pool.mode() == PythonMode.SUBINTERPRETER, "in mode main another pool answers");
		pool.invoke(PythonRequest.exec("""
				import os, pyboot, threading, time
				def outlive():
				    while not os.path.exists('DIRECTORY/go'):
				        time.sleep(0.01)
				    try:
				        pyboot.echo(1)
				    except RuntimeError as e:
				        with open('DIRECTORY/telling', 'w') as file:
				            file.write(str(e))
				        os.rename('DIRECTORY/telling', 'DIRECTORY/told')
				threading.Thread(target=outlive).start()
				""".replace("DIRECTORY", directory.toString()), Map.of()), RequestOptions.NONE);
		pool.close(Duration.ofMillis(500));
		Files.createFile(directory.resolve("go"));
		await().until(() -> Files.exists(told));
		assertThat(told).content().contains("nobody answers callbacks");
	}

	@Test
	void callersThreadsDoNotMixTheirAnswers() {
		List<CompletableFuture<?>> all = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			long number = i;
			all.add(CompletableFuture.runAsync(() -> IntStream.range(0, 200)
				.forEach((n) -> assertThat(Way.values()[n % 2].run(this.pool,
						PythonRequest.eval("sum(pyboot.echo(x) for _ in range(5))", Map.of("x", number))))
					.isEqualTo(5 * number))));
		}
		all.forEach(CompletableFuture::join);
	}

	@Test
	void aDeadlineIsKeptWhileACallbackRunsElsewhere() {
		assertThat(this.pool.submit(eval("pyboot.where(1)"), RequestOptions.NONE.withTimeout(Duration.ofSeconds(30))))
			.succeedsWithin(Duration.ofSeconds(30))
			.isEqualTo(1L);
	}

	@Test
	void cancellingARequestEndsItsWaitForACallback() throws Exception {
		java.util.concurrent.CountDownLatch entered = new java.util.concurrent.CountDownLatch(1);
		java.util.concurrent.CountDownLatch leave = new java.util.concurrent.CountDownLatch(1);
		try (var registration = this.registry.register("stay", (arguments, keywords) -> {
			entered.countDown();
			leave.await();
			return null;
		})) {
			CompletableFuture<?> future = this.pool.submit(eval("pyboot.stay()"), RequestOptions.NONE);
			entered.await();
			future.cancel(true);
			assertThat(this.pool.submit(eval("40 + 2"), RequestOptions.NONE).get(30, TimeUnit.SECONDS)).isEqualTo(42L);
			leave.countDown();
		}
	}

}
