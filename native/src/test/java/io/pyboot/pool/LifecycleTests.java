package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonPreloadException;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Starts and stops, once and again, in order and under load.
 */
class LifecycleTests {

	private static PoolOptions options() {
		return PoolOptions.named("life").withSize(2);
	}

	@Test
	void runtimeIsSharedAndStopsWithItsLastUser() {
		PythonRuntime one = Engine.start();
		PythonRuntime two = Engine.start();
		assertThat(two).isSameAs(one);
		one.release();
		assertThat(PythonRuntime.currentState()).isEqualTo(RuntimeState.RUNNING);
		two.release();
		assertThat(PythonRuntime.currentState()).isEqualTo(RuntimeState.STOPPED);
		assertThatExceptionOfType(PythonNotRunningException.class)
			.isThrownBy(() -> PythonPool.open(one, options().withPath(List.of(java.nio.file.Path.of("/tmp")))))
			.withMessageContaining("STOPPED");
	}

	@Test
	void startAndStopMayBeRepeated() {
		for (int i = 0; i < 20; i++) {
			PythonRuntime runtime = Engine.start();
			try (PythonPool pool = PythonPool.open(runtime, options())) {
				pool.broadcast(
						PythonRequest.exec("import datetime, decimal, sqlite3, unittest, asyncio, json", Map.of()),
						Engine.NONE);
				assertThat(Engine.eval(pool, "6 * 7")).isEqualTo(42L);
			}
			runtime.release();
		}
	}

	@Test
	void poolsOfOneProcessLiveSideBySide() {
		PythonRuntime runtime = Engine.start();
		PythonPool one = PythonPool.open(runtime, options());
		PythonPool two = PythonPool.open(runtime, options());
		one.close();
		assertThat(Engine.eval(two, "1")).isEqualTo(1L);
		two.close();
		runtime.release();
	}

	@Test
	void closedPoolRejectsAndNamesItsState() {
		PythonRuntime runtime = Engine.start();
		PythonPool pool = PythonPool.open(runtime, options());
		pool.close();
		pool.close();
		assertThat(pool.state()).isEqualTo(RuntimeState.STOPPED);
		assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> Engine.eval(pool, "1"))
			.withMessage("Pool 'life' takes no work: its state is STOPPED");
		assertThatExceptionOfType(PythonNotRunningException.class)
			.isThrownBy(() -> pool.cast(PythonRequest.eval("1", Map.of()), Engine.NONE));
		assertThat(catchThrowable(() -> pool.submit(PythonRequest.eval("1", Map.of()), Engine.NONE).join()))
			.hasCauseInstanceOf(PythonNotRunningException.class);
		PoolTestBase.assertBalanced(pool);
		runtime.release();
	}

	@Test
	void closeLetsAcceptedWorkFinish() {
		PythonRuntime runtime = Engine.start();
		PythonPool pool = PythonPool.open(runtime, options());
		List<CompletableFuture<Object>> futures = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			futures.add(pool.submit(PythonRequest.eval("__import__('time').sleep(0.02)", Map.of()), Engine.NONE));
		}
		pool.close(Duration.ofSeconds(20));
		futures.forEach((future) -> assertThat(future).isCompletedWithValue(null));
		PoolTestBase.assertBalanced(pool);
		runtime.release();
	}

	@Test
	void closeInterruptsWhatDoesNotFinish() {
		PythonRuntime runtime = Engine.start();
		PythonPool pool = PythonPool.open(runtime, options());
		CompletableFuture<Object> endless = pool.submit(PythonRequest.exec("while True: pass", Map.of()), Engine.NONE);
		CompletableFuture<Throwable> caller = CompletableFuture.supplyAsync(
				() -> catchThrowable(() -> pool.invoke(PythonRequest.exec("while True: pass", Map.of()), Engine.NONE)));
		await().until(() -> pool.inFlight() == 2);
		pool.close(Duration.ofSeconds(2));
		assertThat(catchThrowable(endless::join)).isInstanceOf(CompletionException.class)
			.hasCauseInstanceOf(PythonCancelledException.class);
		assertThat(caller.join()).isInstanceOf(PythonCancelledException.class);
		PoolTestBase.assertBalanced(pool);
		runtime.release();
	}

	@Test
	void closeLeavesAloneAndCountsWhatDoesNotEnd() {
		PythonRuntime runtime = Engine.start();
		long abandoned = runtime.counters().get("contexts.abandoned");
		PythonPool pool = PythonPool.open(runtime, options().withSize(1));
		boolean own = pool.mode() == PythonMode.SUBINTERPRETER;
		Engine.exec(pool, "import threading, time\nstop = []\n"
				+ "threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(lambda: bool(stop), True)]).start()");
		pool.close(Duration.ofSeconds(1));
		assertThat(pool.state()).isEqualTo(RuntimeState.STOPPED);
		if (own) {
			await().until(() -> runtime.counters().get("contexts.abandoned") == abandoned + 1);
		}
		runtime.release();
	}

	@Test
	void callsThatRaceWithCloseAreAnsweredOrRejected() throws Exception {
		for (int round = 0; round < 20; round++) {
			PythonRuntime runtime = Engine.start();
			PythonPool pool = PythonPool.open(runtime, options());
			AtomicInteger unexpected = new AtomicInteger();
			List<Thread> threads = new ArrayList<>();
			for (int t = 0; t < 4; t++) {
				Engine.Way way = Engine.Way.values()[t % 3];
				Thread thread = new Thread(() -> {
					try {
						while (true) {
							way.run(pool, PythonRequest.eval("1", Map.of()));
						}
					}
					catch (PythonNotRunningException ex) {
						return; // the right answer to a call that comes late
					}
					catch (Throwable ex) {
						ex.printStackTrace();
						unexpected.incrementAndGet();
					}
				});
				thread.start();
				threads.add(thread);
			}
			await().until(() -> pool.counters().get("requests.completed") > 100);
			pool.close();
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(unexpected.get()).isZero();
			PoolTestBase.assertBalanced(pool);
			runtime.release();
		}
	}

	@Test
	void replacedContextLosesNoRequest() throws Exception {
		PythonRuntime runtime = Engine.start();
		long destroyed = runtime.counters().get("contexts.destroyed");
		PythonPool pool = PythonPool.open(runtime, options());
		AtomicInteger failures = new AtomicInteger();
		AtomicInteger answered = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		java.util.concurrent.atomic.AtomicBoolean done = new java.util.concurrent.atomic.AtomicBoolean();
		for (int t = 0; t < 6; t++) {
			Engine.Way way = Engine.Way.values()[t % 3];
			Thread thread = new Thread(() -> {
				while (!done.get()) {
					try {
						way.run(pool, PythonRequest.eval("1", Map.of()));
						answered.incrementAndGet();
					}
					catch (PythonException ex) {
						ex.printStackTrace();
						failures.incrementAndGet();
					}
				}
			});
			thread.start();
			threads.add(thread);
		}
		for (int i = 0; i < 20; i++) {
			long generation = pool.contexts().get(i % 2).generation();
			long uptime = pool.contexts().get(i % 2).uptime().toNanos();
			pool.restart(i % 2);
			assertThat(pool.contexts().get(i % 2).uptime().toNanos()).isLessThan(uptime + 60_000_000_000L);
			assertThat(generation).isPositive();
		}
		done.set(true);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures.get()).isZero();
		assertThat(answered.get()).isPositive();
		pool.close();
		await().until(() -> runtime.counters().get("contexts.destroyed") == destroyed + 22);
		PoolTestBase.assertBalanced(pool);
		runtime.release();
	}

	@Test
	void failingPreloadFailsTheStartAndLeavesNothing() {
		PythonRuntime runtime = Engine.start();
		Map<String, Long> before = runtime.counters();
		assertThatExceptionOfType(PythonPreloadException.class)
			.isThrownBy(() -> PythonPool.open(runtime, options().withPreload(List.of("json", "no_such_module"))))
			.withMessageContaining("no_such_module")
			.satisfies((ex) -> assertThat(ex.getModule()).isEqualTo("no_such_module"));
		await().until(() -> runtime.counters().get("contexts.created")
				- before.get("contexts.created") == runtime.counters().get("contexts.destroyed")
						- before.get("contexts.destroyed"));
		try (PythonPool pool = PythonPool.open(runtime, options().withPreload(List.of("json")))) {
			assertThat(Engine.eval(pool, "'json' in __import__('sys').modules")).isEqualTo(true);
		}
		runtime.release();
	}

	@Test
	void threadStatesOfDeadThreadsAreFreed() throws Exception {
		PythonRuntime runtime = Engine.start();
		Map<String, Long> before = runtime.counters();
		PythonPool pool = PythonPool.open(runtime, options());
		for (int i = 0; i < 50; i++) {
			Thread thread = new Thread(() -> Engine.eval(pool, "1"));
			thread.start();
			thread.join();
		}
		pool.close();
		Map<String, Long> after = runtime.counters();
		long created = after.get("threadstates.created") - before.get("threadstates.created");
		assertThat(after.get("threadstates.reaped") - before.get("threadstates.reaped")).isEqualTo(created);
		runtime.release();
	}

}
