package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonConversionException;
import io.pyboot.ReadAhead;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Java iterators and streams that Python code pulls.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaIteratorTests {

	private final CallbackRegistry registry = new CallbackRegistry();

	private PythonRuntime runtime;

	private PythonPool pool;

	PythonMode mode() {
		return PythonMode.AUTO;
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.pool = PythonPool.open(this.runtime, PoolOptions.named("iterators").withSize(1).withMode(mode()),
				this.registry);
		Engine.exec(this.pool, """
				import gc, pyboot, threading
				def first(items, n=1):
				    return [next(items) for _ in range(n)]
				def keep(items):
				    global kept
				    kept = items
				""");
	}

	@AfterEach
	void nothingIsLeftInJava() {
		assertThat(this.pool.iterators().count()).isZero();
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
	}

	private static PythonRequest eval(String expression, Object items) {
		return PythonRequest.eval(expression, Map.of("items", items));
	}

	@ParameterizedTest
	@EnumSource
	void anIteratorIsAnIteratorInPython(Way way) {
		Iterator<?> items = Arrays.asList(1, "two", null, List.of(4)).iterator();
		assertThat(way.run(this.pool, eval("[iter(items) is items, *items]", items)))
			.isEqualTo(Arrays.asList(true, 1L, "two", null, List.of(4L)));
		assertThat(way.run(this.pool, eval("list(items)", List.of().iterator()))).isEqualTo(List.of());
	}

	@ParameterizedTest
	@EnumSource
	void aStreamIsAnIteratorAndIsClosedWhenTheRequestHasEnded(Way way) {
		AtomicInteger closed = new AtomicInteger();
		assertThat(way.run(this.pool,
				eval("sum(items)", IntStream.range(0, 1000).boxed().onClose(closed::getAndIncrement))))
			.isEqualTo(499_500L);
		assertThat(way.run(this.pool,
				eval("next(items)", Stream.iterate(1, (i) -> i * 2).onClose(closed::getAndIncrement))))
			.isEqualTo(1L);
		assertThat(way.run(this.pool, eval("1", IntStream.range(0, 10).onClose(closed::getAndIncrement))))
			.isEqualTo(1L);
		await().until(() -> closed.get() == 3);
	}

	@Test
	void aCastThatIsRefusedClosesItsStreams() {
		AtomicInteger closed = new AtomicInteger();
		try (PythonPool other = PythonPool.open(this.runtime, PoolOptions.named("other").withSize(1))) {
			Object foreign = Objects.requireNonNull(
					other.invoke(PythonRequest.eval("object()", Map.of()).returning(ResultForm.HANDLE), Engine.NONE));
			Stream<Integer> items = Stream.of(1).onClose(closed::getAndIncrement);
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.pool.cast(PythonRequest.eval("items", Map.of("items", List.of(items, foreign))),
						Engine.NONE))
				.withMessageContaining("objects stay in the interpreter that made them");
		}
		assertThat(closed).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void javaIsNeverAheadOfPython(Way way) {
		AtomicInteger made = new AtomicInteger();
		Stream<Integer> numbers = Stream.generate(made::incrementAndGet);
		assertThat(way.run(this.pool, Engine.call("__main__:first", numbers, 3))).isEqualTo(List.of(1L, 2L, 3L));
		assertThat(made).hasValue(3);
	}

	@Test
	void withReadAheadSeveralItemsAreTakenAtATime() {
		AtomicInteger made = new AtomicInteger();
		Stream<Integer> numbers = Stream.generate(made::incrementAndGet);
		assertThat(this.pool.invoke(Engine.call("__main__:first", ReadAhead.of(numbers, 10), 11), Engine.NONE))
			.isEqualTo(IntStream.rangeClosed(1, 11).mapToObj((i) -> (long) i).toList());
		assertThat(made).hasValue(20);
		assertThat(this.pool.invoke(eval("list(items)", ReadAhead.of(List.of(1, 2, 3).iterator(), 2)), Engine.NONE))
			.isEqualTo(List.of(1L, 2L, 3L));
		assertThatIllegalArgumentException().isThrownBy(() -> ReadAhead.of(List.of().iterator(), 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new ReadAhead("text", 1));
	}

	@Test
	void theWaitingThreadIsTheOneThatRunsTheIterator() {
		AtomicReference<Thread> thread = new AtomicReference<>();
		Stream<Integer> items = Stream.of(1).peek((item) -> thread.set(Thread.currentThread()));
		this.pool.invoke(eval("next(items)", items), Engine.NONE);
		assertThat(thread.get()).isSameAs(Thread.currentThread());
	}

	@ParameterizedTest
	@EnumSource
	void whatTheIteratorThrowsIsAJavaErrorAfterTheItemsBefore(Way way) {
		Engine.exec(this.pool, """
				def read(items):
				    seen = []
				    try:
				        for item in items:
				            seen.append(item)
				    except pyboot.JavaError as e:
				        seen.append(e.message)
				    return seen
				""");
		for (int ahead : new int[] { 1, 5 }) {
			Iterator<Integer> items = Stream.of(1, 2, 3).map((i) -> {
				if (i == 3) {
					throw new IllegalStateException("no third");
				}
				return i;
			}).iterator();
			assertThat(way.run(this.pool, Engine.call("__main__:read", ReadAhead.of(items, ahead))))
				.isEqualTo(List.of(1L, 2L, "no third"));
		}
	}

	@Test
	void anItemThatCannotCrossIsAnErrorAndTheNextOneComes() {
		Engine.exec(this.pool, """
				def read_on(items):
				    seen = []
				    while True:
				        try:
				            seen.append(next(items))
				        except pyboot.JavaError as e:
				            seen.append(e.java_class)
				        except StopIteration:
				            return seen
				""");
		for (int ahead : new int[] { 1, 3, 10 }) {
			assertThat(this.pool.invoke(Engine.call("__main__:read_on",
					ReadAhead.of(List.of(1, 2, new Object(), 4, new Object()).iterator(), ahead)), Engine.NONE))
				.isEqualTo(List.of(1L, 2L, PythonConversionException.class.getName(), 4L,
						PythonConversionException.class.getName()));
		}
	}

	@Test
	void closingInPythonClosesTheStream() {
		AtomicInteger closed = new AtomicInteger();
		try (var registration = this.registry.register("closed", (arguments, keywords) -> closed.get())) {
			assertThat(this.pool.invoke(eval("[next(items), items.close(), pyboot.closed(), list(items)]",
					Stream.iterate(1, (i) -> i + 1).onClose(closed::getAndIncrement)), Engine.NONE))
				.isEqualTo(Arrays.asList(1L, null, 1L, List.of()));
		}
		assertThat(closed).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void afterItsRequestTheIteratorSaysThatItIsClosed(Way way) {
		way.run(this.pool, Engine.call("__main__:keep", List.of(1, 2).iterator()));
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> Engine.eval(this.pool, "next(kept)"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("RuntimeError"))
			.withMessageContaining("the request that it was passed to has ended");
		assertThat(Engine.eval(this.pool, "list(kept)")).isEqualTo(List.of());
	}

	@Test
	void anIteratorThatACallbackReturnsStaysUntilPythonLetsGoOfIt() {
		try (var registration = this.registry.register("rows", (arguments, keywords) -> Stream.of(1, 2, 3))) {
			Engine.exec(this.pool, "rows = pyboot.rows()");
			assertThat(Engine.eval(this.pool, "next(rows)")).isEqualTo(1L);
			assertThat(this.pool.iterators().count()).isEqualTo(1);
			Engine.exec(this.pool, "rows = None; gc.collect()");
			assertThat(Engine.eval(this.pool, "sum(pyboot.rows())")).isEqualTo(6L);
		}
	}

	@Test
	void iteratorsStandAnywhereInAnArgument() {
		assertThat(
				this.pool.invoke(
						eval("[sum(items['a'][0]), list(items['b'])]",
								Map.of("a", List.of(List.of(1, 2).iterator()), "b", Set.of(7).iterator())),
						Engine.NONE))
			.isEqualTo(List.of(3L, List.of(7L)));
	}

	@Test
	void anArgumentThatCannotCrossClosesTheStreamsBesideIt() {
		for (Way way : Way.values()) {
			AtomicInteger closed = new AtomicInteger();
			Stream<Integer> stream = Stream.of(1).onClose(closed::getAndIncrement);
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> way.run(this.pool, Engine.call("builtins:print", stream, new Object())));
			assertThat(closed).hasValue(1);
		}
	}

	@Test
	void twoThreadsOfPythonDoNotPullOneIteratorAtOnce() {
		CompletableFuture<Void> entered = new CompletableFuture<>();
		CompletableFuture<Void> leave = new CompletableFuture<>();
		Engine.exec(this.pool, """
				def contend(items):
				    other = threading.Thread(target=lambda: next(items))
				    other.start()
				    pyboot.await_entered()
				    try:
				        return next(items)
				    except ValueError as e:
				        return str(e)
				    finally:
				        pyboot.let_go()
				        other.join()
				""");
		Stream<Integer> slow = Stream.of(1).peek((item) -> {
			entered.complete(null);
			leave.join();
		});
		try (var waiting = this.registry.register("await_entered", (arguments, keywords) -> entered.join());
				var going = this.registry.register("let_go", (arguments, keywords) -> leave.complete(null))) {
			assertThat((String) this.pool.invoke(Engine.call("__main__:contend", slow), Engine.NONE))
				.contains("read by another thread");
		}
	}

	@Test
	void anIteratorMayCallPython() {
		Iterator<Object> items = Stream.of(1, 2, 3).map((i) -> Engine.eval(this.pool, "10 * " + i)).iterator();
		for (Way way : Way.values()) {
			List<Object> expected = new ArrayList<>(way == Way.DIRECT ? List.of(10L, 20L, 30L) : List.of());
			assertThat(way.run(this.pool, eval("list(items)", items))).isEqualTo(expected);
		}
	}

	@Test
	void theDeadlineHoldsWhileJavaMakesAnItem() {
		CompletableFuture<Void> leave = new CompletableFuture<>();
		Stream<Integer> slow = Stream.of(1).peek((item) -> leave.join());
		CompletableFuture<Object> future = this.pool.submit(eval("list(items)", slow),
				Engine.NONE.withTimeout(Duration.ofMillis(200)));
		assertThat(future).failsWithin(Duration.ofSeconds(30));
		leave.complete(null);
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
		await().until(() -> this.pool.iterators().count() == 0);
	}

}
