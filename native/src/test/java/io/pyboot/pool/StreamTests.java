package io.pyboot.pool;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.runtime.PythonRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Python iterators that Java reads.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamTests {

	private final CallbackRegistry registry = new CallbackRegistry();

	private PythonRuntime runtime;

	private PythonPool pool;

	PythonMode mode() {
		return PythonMode.AUTO;
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.pool = PythonPool.open(this.runtime, PoolOptions.named("streams").withSize(1).withMode(mode()),
				this.registry);
		Engine.exec(this.pool, """
				import contextvars, pyboot, threading, time
				log = []
				variable = contextvars.ContextVar("variable")

				def numbers(n, fail_at=None):
				    log.append("begin")
				    try:
				        for i in range(n):
				            if i == fail_at:
				                raise ValueError(f"no item {i}")
				            log.append(i)
				            yield i
				        log.append("end")
				    finally:
				        log.append("finally")
				""");
	}

	@AfterEach
	void nothingIsLeftInPython() {
		assertThat(Engine.eval(this.pool, "__import__('pyboot._streams')._streams.count()")).isEqualTo(0L);
		Engine.exec(this.pool, "log.clear()");
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
	}

	private PythonStream stream(String expression, int window) {
		return this.pool.stream(PythonRequest.eval(expression, Map.of()), RequestOptions.NONE, window);
	}

	private @Nullable Object log() {
		return Engine.eval(this.pool, "log");
	}

	private static List<@Nullable Object> read(PythonStream stream) {
		List<@Nullable Object> items = new ArrayList<>();
		stream.forEachRemaining(items::add);
		return items;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 256, 100_000 })
	void everyItemArrivesOnceAndInOrder(int window) {
		try (PythonStream stream = stream("numbers(3000)", window)) {
			assertThat(read(stream)).isEqualTo(LongStream.range(0, 3000).boxed().toList());
			assertThat(stream.hasNext()).isFalse();
		}
	}

	@Test
	void anythingThatPythonCanIterateIsAStream() {
		for (String iterable : List.of("[1, 2]", "(1, 2)", "iter([1, 2])", "{1: 'a', 2: 'b'}", "range(1, 3)",
				"map(abs, [-1, -2])", "b'\\x01\\x02'")) {
			try (PythonStream stream = stream(iterable, 10)) {
				assertThat(read(stream)).as(iterable).isEqualTo(List.of(1L, 2L));
			}
		}
		try (PythonStream stream = stream("[]", 10)) {
			assertThat(stream.hasNext()).isFalse();
		}
	}

	@Test
	void functionsAreStreamed() {
		try (PythonStream stream = this.pool.stream(
				PythonRequest.call("__main__:numbers", new Object[] { 3 }, Map.of("fail_at", 9)), RequestOptions.NONE,
				10)) {
			assertThat(read(stream)).isEqualTo(List.of(0L, 1L, 2L));
		}
	}

	@Test
	void noneIsNull() {
		try (PythonStream stream = stream("(x for x in [1, None, 3])", 10)) {
			assertThat(read(stream)).containsExactly(1L, null, 3L);
		}
	}

	@Test
	void nothingRunsBeforeTheFirstItemIsAskedFor() {
		try (PythonStream stream = stream("numbers(10)", 256)) {
			assertThat(log()).isEqualTo(List.of());
			assertThat(stream.next()).isEqualTo(0L);
			assertThat(log()).isEqualTo(List.of("begin", 0L));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5, 16, 100 })
	void pythonIsNeverFurtherAheadThanTheWindow(int window) {
		try (PythonStream stream = stream("numbers(5000)", window)) {
			for (int taken = 1; taken <= 1000; taken++) {
				stream.next();
				if (taken % 50 == 0) { // requests of one context run in order: the batch
										// that is asked for is made by now
					long made = (Long) this.pool.invoke(PythonRequest.eval("log[-1] + 1", Map.of()),
							RequestOptions.NONE.withTimeout(Duration.ofSeconds(30)));
					assertThat(made).isBetween((long) taken, (long) taken + window);
				}
			}
		}
	}

	@Test
	void withAWindowOfOneEachItemIsMadeWhenItIsAskedFor() {
		try (PythonStream stream = stream("numbers(10)", 1)) {
			for (long i = 0; i < 5; i++) {
				assertThat(stream.next()).isEqualTo(i);
				assertThat(Engine.eval(this.pool, "log[-1]")).isEqualTo(i);
			}
		}
	}

	@Test
	void anItemDoesNotWaitForSlowOnesAfterIt() {
		Engine.exec(this.pool, """
				gate = threading.Event()
				def slow():
				    yield 1
				    gate.wait()
				    yield 2
				""");
		try (PythonStream stream = stream("slow()", 256)) {
			assertThat(stream.next()).isEqualTo(1L);
			Engine.exec(this.pool, "gate.set()");
			assertThat(stream.next()).isEqualTo(2L);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 256 })
	void anErrorComesAfterTheItemsBeforeItWithItsTraceback(int window) {
		try (PythonStream stream = stream("numbers(10, fail_at=3)", window)) {
			assertThat(List.of(stream.next(), stream.next(), stream.next())).isEqualTo(List.of(0L, 1L, 2L));
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(stream::hasNext)
				.withMessageContaining("no item 3")
				.satisfies((ex) -> assertThat(ex.getTraceback()).contains("in numbers"));
			assertThat(stream.hasNext()).isFalse();
		}
		assertThat(log()).isEqualTo(List.of("begin", 0L, 1L, 2L, "finally"));
	}

	@Test
	void anItemThatCannotCrossIsAnErrorAfterTheItemsBeforeIt() {
		Engine.exec(this.pool, """
				def odd():
				    try:
				        yield from range(5)
				        yield [object()]
				    finally:
				        log.append("closed")
				""");
		try (PythonStream stream = stream("odd()", 256)) {
			for (long i = 0; i < 5; i++) {
				assertThat(stream.next()).isEqualTo(i);
			}
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(stream::hasNext)
				.withMessageContaining("'object' has no counterpart in Java")
				.withMessageContaining("[5][0]");
			assertThat(stream.hasNext()).isFalse();
		}
		assertThat(log()).isEqualTo(List.of("closed"));
	}

	@Test
	void closingEarlyRunsTheFinallyBlocks() {
		PythonStream stream = stream("numbers(1000)", 16);
		stream.next();
		stream.next();
		stream.close();
		assertThat(Engine.eval(this.pool, "log[-1]")).isEqualTo("finally");
		assertThat(stream.hasNext()).isFalse();
		stream.close();
	}

	@Test
	void closingWithoutReadingRunsNothing() {
		stream("numbers(1000)", 16).close();
		assertThat(log()).isEqualTo(List.of());
	}

	@Test
	void whatTheFinallyBlocksRaiseIsThrownByTheClose() {
		Engine.exec(this.pool, """
				def unruly():
				    try:
				        yield 1
				        yield 2
				    finally:
				        raise OSError("the end failed")
				""");
		PythonStream stream = stream("unruly()", 16);
		stream.next();
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(stream::close)
			.withMessageContaining("the end failed");
	}

	@Test
	void aStepThatGoesOnIsInterruptedByTheClose() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		try (var registration = this.registry.register("entered", (arguments, keywords) -> {
			entered.countDown();
			return null;
		})) {
			Engine.exec(this.pool, """
					def endless():
					    try:
					        yield 1
					        pyboot.entered()
					        while True:
					            pass
					    finally:
					        log.append("finally")
					""");
			PythonStream stream = stream("endless()", 16);
			assertThat(stream.next()).isEqualTo(1L);
			CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(stream::hasNext);
			entered.await();
			stream.close();
			assertThat(Engine.eval(this.pool, "log[-1]")).isEqualTo("finally");
			assertThat(waiting).failsWithin(Duration.ofSeconds(30));
		}
	}

	@Test
	void aStreamThatNobodyClosesIsClosedWhenItIsCollected() {
		WeakReference<PythonStream> dropped = dropped();
		await().until(() -> {
			System.gc();
			return dropped.get() == null && log() instanceof List<?> log && log.contains("finally");
		});
	}

	private WeakReference<PythonStream> dropped() {
		PythonStream stream = stream("numbers(1000)", 16);
		stream.next();
		stream.next();
		return new WeakReference<>(stream);
	}

	@Test
	void contextVariablesHoldFromItemToItem() {
		Engine.exec(this.pool, """
				def remembering():
				    for i in range(100):
				        seen = variable.get(None)
				        variable.set(i)
				        yield seen
				""");
		try (PythonStream first = stream("remembering()", 4); PythonStream second = stream("remembering()", 4)) {
			for (long i = 0; i < 50; i++) {
				assertThat(first.next()).isEqualTo((i == 0) ? null : i - 1);
				assertThat(second.next()).isEqualTo((i == 0) ? null : i - 1);
			}
		}
		assertThat(Engine.eval(this.pool, "variable.get('unset')")).isEqualTo("unset");
	}

	@Test
	void largeItemsComeInSmallBatches() {
		try (PythonStream stream = stream("('x' * 100_000 for _ in range(500))", 1000)) {
			int count = 0;
			while (stream.hasNext()) {
				assertThat((String) stream.next()).hasSize(100_000);
				count++;
			}
			assertThat(count).isEqualTo(500);
		}
	}

	@Test
	void theDeadlineIsThatOfEachWaitAndClosesTheStream() {
		Engine.exec(this.pool, """
				def stalling():
				    try:
				        yield 1
				        while True:
				            time.sleep(0.01)
				    finally:
				        log.append("finally")
				""");
		PythonStream stream = this.pool.stream(PythonRequest.eval("stalling()", Map.of()),
				RequestOptions.NONE.withTimeout(Duration.ofMillis(300)), 16);
		assertThat(stream.next()).isEqualTo(1L);
		assertThatExceptionOfType(PythonTimeoutException.class).isThrownBy(stream::hasNext)
			.withMessageContaining("next step of the stream of the eval of 'stalling()'");
		assertThat(stream.hasNext()).isFalse();
		await().until(() -> log() instanceof List<?> log && log.contains("finally"));
		stream.close();
	}

	@Test
	void anInterruptedReaderIsLetGoAndTheStreamIsClosed() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		try (var registration = this.registry.register("waits", (arguments, keywords) -> {
			entered.countDown();
			return null;
		})) {
			Engine.exec(this.pool, """
					def waiting():
					    try:
					        pyboot.waits()
					        while True:
					            time.sleep(0.01)
					        yield
					    finally:
					        log.append("finally")
					""");
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			PythonStream stream = stream("waiting()", 16);
			Thread reader = new Thread(() -> {
				try {
					stream.hasNext();
				}
				catch (PythonException ex) {
					thrown.set(ex);
				}
			});
			reader.start();
			entered.await();
			reader.interrupt();
			reader.join();
			assertThat(thrown.get()).isInstanceOf(PythonCancelledException.class);
			await().until(() -> log() instanceof List<?> log && log.contains("finally"));
		}
	}

	@Test
	void aStreamMayBeReadByACallbackOfItsContextButNotByItsOwnGenerator() {
		AtomicReference<PythonStream> own = new AtomicReference<>();
		try (var registration = this.registry.register("sum_of_stream", (arguments, keywords) -> {
			try (PythonStream other = stream("numbers(10)", 4)) {
				return read(other).stream().mapToLong((item) -> (Long) item).sum();
			}
		}); var another = this.registry.register("read_own", (arguments, keywords) -> own.get().next())) {
			try (PythonStream stream = stream("(pyboot.sum_of_stream() + i for i in range(3))", 4)) {
				assertThat(read(stream)).isEqualTo(List.of(45L, 46L, 47L));
			}
			own.set(stream("(pyboot.read_own() for _ in range(3))", 1));
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> own.get().next())
				.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("its own generator"));
			own.get().close();
		}
	}

	@Test
	void whatCannotBeAStreamIsNamed() {
		Engine.exec(this.pool, """
				async def later():
				    yield 1
				async def once():
				    return [1]
				""");
		assertRefused("later()", "asynchronous iterator");
		assertRefused("once()", "a 'coroutine' cannot be a stream yet");
		assertRefused("5", "a 'int' cannot be a stream: it cannot be iterated");
		assertRefused("nowhere()", "name 'nowhere' is not defined");
		assertThatIllegalArgumentException().isThrownBy(() -> stream("[]", 0)).withMessageContaining("at least 1");
	}

	private void assertRefused(String expression, String message) {
		try (PythonStream stream = stream(expression, 16)) {
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(stream::hasNext)
				.withMessageContaining(message);
		}
	}

	@Test
	void manyStreamsOfOneContextAreReadSideBySide() {
		List<CompletableFuture<?>> readers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			readers.add(CompletableFuture.runAsync(() -> {
				try (PythonStream stream = stream("range(2000)", 64)) {
					assertThat(read(stream)).isEqualTo(LongStream.range(0, 2000).boxed().toList());
				}
			}));
		}
		readers.forEach(CompletableFuture::join);
	}

	@Test
	void aJavaIteratorServesAsLongAsTheStreamThatItWasPassedTo() {
		for (int read : new int[] { 0, 1, 2, 10 }) {
			AtomicInteger closed = new AtomicInteger();
			Stream<Integer> source = Stream.of(1, 2, 3).onClose(closed::getAndIncrement);
			try (PythonStream doubled = this.pool.stream(
					PythonRequest.eval("(2 * x for x in source)", Map.of("source", source)), RequestOptions.NONE, 1)) {
				List<@Nullable Object> items = new ArrayList<>();
				while (items.size() < read && doubled.hasNext()) {
					items.add(doubled.next());
				}
				assertThat(items).isEqualTo(List.of(2L, 4L, 6L).subList(0, Math.min(3, read)));
				assertThat(closed).hasValue((read > 3) ? 1 : 0);
			}
			assertThat(closed).hasValue((read > 0) ? 1 : 0);
		}
		assertThat(this.pool.iterators().count()).isZero();
	}

	@Test
	void aStreamThatCannotBeMadeLetsGoOfItsJavaIterators() {
		AtomicInteger closed = new AtomicInteger();
		Stream<Integer> source = Stream.of(1).onClose(closed::getAndIncrement);
		try (PythonStream stream = this.pool.stream(PythonRequest.eval("1 // 0", Map.of("source", source)),
				RequestOptions.NONE, 1)) {
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(stream::hasNext);
		}
		assertThat(closed).hasValue(1);
	}

	@Test
	void aStreamOfAPoolThatHasStoppedSaysSo() {
		PythonPool other = PythonPool.open(this.runtime, PoolOptions.named("stopping").withSize(1).withMode(mode()));
		PythonStream stream = other.stream(PythonRequest.eval("iter([1, 2])", Map.of()), RequestOptions.NONE, 1);
		assertThat(stream.next()).isEqualTo(1L);
		other.close();
		assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(stream::next)
			.withMessageContaining("'stopping'");
		stream.close();
	}

	@Test
	void theEndOfAContextClosesItsStreams() {
		List<Object> ended = new ArrayList<>();
		try (var registration = this.registry.register("ended", (arguments, keywords) -> ended.add(arguments.get(0)))) {
			String source = """
					import pyboot
					def telling(name):
					    try:
					        yield 1
					        yield 2
					        yield 3
					    finally:
					        pyboot.ended(name)
					""";
			try (PythonPool other = PythonPool.open(this.runtime,
					PoolOptions.named("ending").withSize(1).withMode(mode()), this.registry)) {
				Engine.exec(other, source);
				PythonStream stream = other.stream(PythonRequest.eval("telling('restart')", Map.of()),
						RequestOptions.NONE, 1);
				stream.next();
				other.restart(0);
				assertThatExceptionOfType(PythonContextLostException.class).isThrownBy(stream::next);
				stream.close();
				await().untilAsserted(() -> assertThat(ended).containsExactly("restart"));
				Engine.exec(other, source);
				PythonStream open = other.stream(PythonRequest.eval("telling('close')", Map.of()), RequestOptions.NONE,
						1);
				open.next();
			}
			assertThat(ended).containsExactly("restart", "close");
		}
	}

}
