package io.pyboot.pool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.codec.CodecLimits;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * One bad request, context, stage or listener does not harm the others.
 */
class ResilienceTests {

	private static PythonRuntime runtime;

	@TempDir
	private Path directory;

	@BeforeAll
	static void start() {
		runtime = Engine.start();
	}

	@AfterAll
	static void release() {
		runtime.release();
	}

	private static PythonPool open(PoolOptions options) {
		return PythonPool.open(runtime, options);
	}

	private static PoolOptions options() {
		return PoolOptions.named("resilience").withSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "import threading", "import asyncio, concurrent.futures",
			"from concurrent.futures import ThreadPoolExecutor\nkept = ThreadPoolExecutor()\nkept.submit(abs, 1).result()",
			"import sys; sys.stdout.close(); sys.stderr = 5", "import sys; sys.stdout = None; sys.stderr = None",
			"import atexit; atexit.register(lambda: 1/0)",
			"import sqlite3, ctypes\nc = sqlite3.connect(':memory:')\nc.create_function('f', 0, lambda: 1)\nassert list(c.execute('select f()')) == [(1,)]" })
	void contextEndsInOrderWhateverItImported(String source) {
		long abandoned = runtime.counters().get("contexts.abandoned");
		PythonPool pool = open(options());
		pool.broadcast(PythonRequest.exec(source, Map.of()), Engine.NONE);
		Engine.exec(pool, source);
		long began = System.nanoTime();
		pool.close(Duration.ofSeconds(30));
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
		assertThat(runtime.counters().get("contexts.abandoned")).isEqualTo(abandoned);
	}

	@Test
	void callbackOfCTypesRunsInItsOwnInterpreterAfterOtherThreadsDied() throws Exception {
		try (PythonPool pool = open(options().withSize(1))) {
			String source = """
					import ctypes, pyboot
					seen = []
					def note(): seen.append(pyboot.context().pool)
					callback = ctypes.CFUNCTYPE(None)(note)
					""";
			Engine.exec(pool, source);
			for (int i = 0; i < 5; i++) {
				Thread thread = new Thread(() -> Engine.exec(pool, "callback()"));
				thread.start();
				thread.join();
				Engine.exec(pool, "callback()");
			}
			assertThat(Engine.eval(pool, "seen == ['resilience'] * 10")).isEqualTo(true);
		}
	}

	@Test
	void garbageCollectorOfTheJvmDoesNotWaitForPython() {
		try (PythonPool pool = open(options().withSize(1).withConcurrencyPerContext(21))) {
			Engine.exec(pool, "stop = []");
			CompletableFuture<Object> busy = CompletableFuture.supplyAsync(
					() -> pool.invoke(PythonRequest.exec("while not stop: pass", Map.of()), Engine.NONE),
					OwnThreads.EXECUTOR);
			await().until(() -> pool.inFlight() == 1);
			List<CompletableFuture<Object>> queued = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				queued.add(CompletableFuture.supplyAsync(() -> Engine.eval(pool, "len('x')"), OwnThreads.EXECUTOR));
			}
			for (int i = 0; i < 5; i++) {
				System.gc(); // would wait for a thread that is in Python if that held up
								// a safepoint
			}
			assertThat(busy).isNotDone();
			pool.submit(PythonRequest.exec("stop.append(1)", Map.of()), Engine.NONE);
			if (pool.mode() == PythonMode.MAIN || !Engine.isAtLeast(14)) {
				busy.cancel(true); // here the only owner is busy, and the close
									// interrupts it
				return;
			}
			busy.join();
			queued.forEach(CompletableFuture::join);
		}
	}

	/** A thread for each task, so that no task waits for another. */
	private static final class OwnThreads {

		private static final java.util.concurrent.Executor EXECUTOR = (task) -> new Thread(task).start();

	}

	@Test
	void twoContextsRunAsyncioAtTheSameTime() {
		try (PythonPool pool = open(options())) {
			String meet = """
					import asyncio, os, time
					async def meet():
					    open(os.path.join(d, str(me)), 'w').close()
					    while not os.path.exists(os.path.join(d, str(1 - me))):
					        await asyncio.sleep(0.01)
					    return me
					result = asyncio.run(meet())
					""";
			List<CompletableFuture<Object>> both = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				both.add(pool.submit(PythonRequest.exec(meet, Map.of("d", this.directory.toString(), "me", i)),
						Engine.NONE.withContextIndex(i).withTimeout(Duration.ofSeconds(30))));
			}
			both.forEach(CompletableFuture::join);
		}
	}

	@Test
	void certificatesOfTheSystemAreTrusted() {
		assumeTrue(Files.isReadable(Path.of("/etc/ssl/certs/ca-certificates.crt")),
				"no ca-certificates on this system");
		try (PythonPool pool = open(options())) {
			pool.broadcast(PythonRequest
				.exec("import ssl\nassert ssl.create_default_context().cert_store_stats()['x509_ca'] > 0", Map.of()),
					Engine.NONE);
		}
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void limitHoldsHoweverLargeTheBufferIs(Engine.Way way) {
		try (PythonPool large = open(options().withSize(1));
				PythonPool small = open(options().withSize(1).withLimits(new CodecLimits(50, 4096)))) {
			way.run(large, Engine.call("builtins:len", "x".repeat(3_000_000)));
			for (String expression : List.of("[0] * 10000", "[0] * 200000", "'x' * 5000")) {
				assertThatExceptionOfType(PythonConversionException.class)
					.isThrownBy(() -> way.run(small, PythonRequest.eval(expression, Map.of())))
					.withMessageContaining("max-message-size");
			}
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> way.run(small, PythonRequest.exec("raise ValueError('x' * 100000)", Map.of())))
				.withMessageStartingWith("ValueError: xxx");
		}
	}

	@Test
	void sessionMayCloseWhileItsCodeRuns() {
		try (PythonPool pool = open(options().withSize(1))) {
			String big = "x = 1\n".repeat(20_000);
			for (int i = 0; i < 5; i++) {
				PythonSession session = pool.openSession(Engine.NONE);
				String source = "#" + i + "\n" + big;
				CompletableFuture<Object> run = CompletableFuture.supplyAsync(() -> session
					.invoke(PythonRequest.exec(source, Map.of()), Engine.NONE.withTimeout(Duration.ofSeconds(30))));
				session.close();
				catchThrowable(run::join); // finished, or refused because the session was
											// closed
			}
			assertThat(Engine.eval(pool, "1")).isEqualTo(1L);
		}
	}

	@Test
	void fullContextDoesNotHoldUpTheOthers() {
		try (PythonPool pool = open(options().withQueueCapacity(2).withMaxWait(Duration.ofSeconds(30)))) {
			RequestOptions first = Engine.NONE.withContextIndex(0);
			List<CompletableFuture<Object>> futures = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				futures.add(pool.submit(PythonRequest.exec("import time; time.sleep(0.7)", Map.of()), first));
			}
			CompletableFuture<Object> waiting = CompletableFuture
				.supplyAsync(() -> pool.submit(PythonRequest.eval("1", Map.of()), first).join());
			await().until(() -> pool.waiting() == 1);
			assertThat(pool.submit(PythonRequest.eval("2", Map.of()), Engine.NONE.withContextIndex(1)).join())
				.isEqualTo(2L);
			assertThat(waiting).isNotDone();
			futures.forEach(CompletableFuture::join);
			assertThat(waiting.join()).isEqualTo(1L);
		}
	}

	@Test
	void chainsOfFuturesGoThroughATinyQueue() throws Exception {
		try (PythonPool pool = open(options().withQueueCapacity(4).withMaxWait(Duration.ofSeconds(20)))) {
			List<CompletableFuture<Object>> chains = new ArrayList<>();
			for (int c = 0; c < 8; c++) {
				CompletableFuture<Object> chain = CompletableFuture.completedFuture(0L);
				for (int i = 0; i < 100; i++) {
					chain = chain.thenCompose(
							(value) -> pool.submit(PythonRequest.eval("v + 1", Map.of("v", value)), Engine.NONE));
				}
				chains.add(chain);
			}
			for (CompletableFuture<Object> chain : chains) {
				assertThat(chain.get(60, TimeUnit.SECONDS)).isEqualTo(100L);
			}
		}
	}

	@Test
	void throwingListenerChangesNothing() {
		PythonPool pool = open(options());
		pool.setListener((kind, outcome, nanos) -> {
			throw new IllegalStateException("listener");
		});
		for (Engine.Way way : Engine.Way.values()) {
			assertThat(way.run(pool, PythonRequest.eval("1", Map.of()))).isEqualTo(1L);
		}
		pool.close();
		assertThat(pool.counters()).containsEntry("requests.completed", 3L).containsEntry("requests.submitted", 3L);
	}

	@Test
	void placeOfAStuckCallerIsFreeAfterARestart() {
		try (PythonPool pool = open(options().withSize(1).withMaxWait(Duration.ofSeconds(3)))) {
			CompletableFuture<Object> stuck = CompletableFuture
				.supplyAsync(() -> Engine.eval(pool, "__import__('time').sleep(1.5)"));
			await().until(() -> pool.inFlight() == 1);
			pool.restart(0);
			assertThat(pool.contexts().get(0).generation()).isEqualTo(2);
			assertThat(Engine.eval(pool, "1")).isEqualTo(1L);
			stuck.join();
		}
	}

	@Test
	void restartThatRacesWithCloseLeavesNoContext() throws Exception {
		for (int i = 0; i < 10; i++) {
			Map<String, Long> before = runtime.counters();
			PythonPool pool = open(options());
			AtomicBoolean begun = new AtomicBoolean();
			Thread restarter = new Thread(() -> {
				try {
					begun.set(true);
					while (true) {
						pool.restart(0);
					}
				}
				catch (PythonException ex) {
					return; // the pool is closed
				}
			});
			restarter.start();
			await().until(begun::get);
			pool.close();
			restarter.join();
			await().until(() -> runtime.counters().get("contexts.created")
					- before.get("contexts.created") == runtime.counters().get("contexts.destroyed")
							- before.get("contexts.destroyed"));
		}
	}

	@Test
	void blockedStageDoesNotHoldUpTheClose() throws Exception {
		PythonPool pool = open(options());
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch blocked = new CountDownLatch(1);
		pool.submit(PythonRequest.eval("__import__('time').sleep(0.05)", Map.of()), Engine.NONE).thenAccept((value) -> {
			blocked.countDown();
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		blocked.await();
		long began = System.nanoTime();
		pool.close(Duration.ofSeconds(2));
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
		assertThat(pool.state()).isEqualTo(RuntimeState.STOPPED);
		release.countDown();
	}

	@Test
	void waitingCallerOfAnOwnerIsReleasedByTheClose() {
		PythonPool pool = open(options().withSize(1).withDispatch(Dispatch.OWNER));
		CompletableFuture<Throwable> caller = CompletableFuture
			.supplyAsync(() -> catchThrowable(() -> Engine.eval(pool, "__import__('time').sleep(6)")));
		await().until(() -> pool.inFlight() == 1);
		pool.close(Duration.ofSeconds(1));
		assertThat(caller.orTimeout(3, TimeUnit.SECONDS).join()).isInstanceOf(PythonCancelledException.class);
		PoolTestBase.assertBalanced(pool);
	}

	@Test
	void deadlineCountsTheWaitForAPlace() {
		try (PythonPool pool = open(options().withSize(1).withQueueCapacity(2))) {
			for (int i = 0; i < 2; i++) {
				pool.submit(PythonRequest.exec("import time; time.sleep(0.6)", Map.of()), Engine.NONE);
			}
			long began = System.nanoTime();
			Throwable thrown = catchThrowable(() -> pool
				.submit(PythonRequest.exec("while True: pass", Map.of()),
						Engine.NONE.withTimeout(Duration.ofMillis(1500)))
				.join());
			assertThat(thrown).hasMessageContaining("deadline");
			assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(2500));
		}
	}

	@Test
	void memberOfARedefinedClassIsTheNewOne() {
		try (PythonPool pool = open(options().withSize(1))) {
			Engine.exec(pool, "class C:\n    @staticmethod\n    def f(): return 1");
			assertThat(pool.invoke(Engine.call("__main__:C.f"), Engine.NONE)).isEqualTo(1L);
			Engine.exec(pool, "class C:\n    @staticmethod\n    def f(): return 2");
			assertThat(pool.invoke(Engine.call("__main__:C.f"), Engine.NONE)).isEqualTo(2L);
		}
	}

	@Test
	void keysThatAreEqualInPythonAreAnErrorNotALoss() {
		try (PythonPool pool = open(options().withSize(1))) {
			for (Object value : new Object[] { Map.of(1L, "a", true, "b"), java.util.Set.of(1L, 1.0) }) {
				assertThatExceptionOfType(PythonConversionException.class)
					.isThrownBy(() -> pool.invoke(Engine.call("builtins:len", value), Engine.NONE))
					.withMessageContaining("equal in Python");
			}
		}
	}

	@Test
	void hugeTracebackIsCutBeforeItIsFormatted() {
		try (PythonPool pool = open(options().withSize(1))) {
			PythonCallException ex = (PythonCallException) catchThrowable(() -> Engine.exec(pool,
					"import sys\nsys.setrecursionlimit(200000)\ndef a(): b()\ndef b(): a()\ntry:\n    a()\nfinally:\n    sys.setrecursionlimit(1000)"));
			assertThat(ex.getPythonType()).isEqualTo("RecursionError");
			assertThat(ex.getFrames()).hasSizeLessThanOrEqualTo(500);
			assertThat(ex.getTraceback()).hasSizeLessThan(100_000);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"class S(str):\n    def __getitem__(self, i): return 5\nclass E(Exception):\n    def __str__(self): return S('x')\nraise E()",
			"class I(int):\n    def __and__(self, o): return 'x'\nraise SystemExit(I(3))",
			"class E(SystemExit):\n    @property\n    def __notes__(self): raise RuntimeError\nraise E(3)" })
	void exceptionWithLyingPartsArrives(String source) {
		try (PythonPool pool = open(options().withSize(1))) {
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> Engine.exec(pool, source))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isIn("E", "SystemExit"));
		}
	}

}
