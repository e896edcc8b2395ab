package io.pyboot.pool;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.pyboot.binding.LibPyboot;
import io.pyboot.context.PythonContext;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Every counter moves, and they balance. ({@code views} move in PythonViewTests,
 * {@code extensions.probed} in {@link ExtensionTests}.)
 */
class CounterTests {

	@Test
	void everyRequestCounterMoves() {
		PythonRuntime runtime = Engine.start();
		PythonPool pool = PythonPool.open(runtime,
				PoolOptions.named("counters").withSize(1).withMaxWait(Duration.ofMillis(200)).withQueueCapacity(2));
		List<PythonRequest> kinds = List.of(Engine.call("builtins:abs", 1), PythonRequest.eval("1", Map.of()),
				PythonRequest.exec("1", Map.of()));
		for (PythonRequest request : kinds) {
			for (Engine.Way way : Engine.Way.values()) {
				way.run(pool, request);
			}
			pool.cast(request, Engine.NONE);
			await().until(() -> pool.inFlight() == 0);
		}
		assertThat(catchThrowable(() -> Engine.eval(pool, "1/0"))).isNotNull();
		assertThat(catchThrowable(() -> pool.invoke(PythonRequest.exec("while True: pass", Map.of()),
				Engine.NONE.withTimeout(Duration.ofMillis(50)))))
			.isNotNull();
		await().until(() -> pool.queueDepth() == 0);
		CompletableFuture<Object> slow = pool.submit(PythonRequest.exec("import time; time.sleep(1)", Map.of()),
				Engine.NONE);
		CompletableFuture<Object> queued = pool.submit(PythonRequest.eval("1", Map.of()), Engine.NONE);
		assertThat(catchThrowable(() -> pool.cast(kinds.get(0), Engine.NONE))).isNotNull(); // rejected:
																							// full
		queued.cancel(true);
		slow.join();
		boolean callers = pool.mode() == PythonMode.SUBINTERPRETER && Engine.isAtLeast(14);
		pool.counters().forEach((name, value) -> {
			boolean moves = !name.equals("requests.inflight") && (callers || !name.startsWith("requests.caller"));
			assertThat(value > 0).as(name + " = " + value).isEqualTo(moves);
		});
		pool.close();
		PoolTestBase.assertBalanced(pool);
		runtime.release();
	}

	@Test
	void everyNativeCounterMoves() throws Exception {
		PythonRuntime runtime = Engine.start();
		Map<String, Long> before = runtime.counters();
		PythonPool pool = PythonPool.open(runtime, PoolOptions.named("counters").withSize(1));
		boolean callers = pool.mode() == PythonMode.SUBINTERPRETER && Engine.isAtLeast(14);
		boolean own = pool.mode() == PythonMode.SUBINTERPRETER;
		Thread thread = new Thread(() -> Engine.eval(pool, "1"));
		thread.start();
		thread.join();
		CompletableFuture<Object> slow = pool.submit(PythonRequest.exec("import time; time.sleep(0.3)", Map.of()),
				Engine.NONE);
		pool.submit(PythonRequest.eval("1", Map.of()), Engine.NONE).cancel(true);
		slow.join();
		pool.invoke(PythonRequest.exec("import time; time.sleep(0.1)", Map.of()),
				Engine.NONE.withTimeout(Duration.ofSeconds(20)));
		assertThat(catchThrowable(() -> pool.invoke(PythonRequest.exec("while True: pass", Map.of()),
				Engine.NONE.withTimeout(Duration.ofMillis(50)))))
			.isNotNull();
		await().until(() -> pool.queueDepth() == 0);
		pool.restart(0);
		Engine.exec(pool, "import threading, time\nstop = []\n"
				+ "threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(lambda: bool(stop), True)]).start()");
		PythonPool other = PythonPool.open(runtime, PoolOptions.named("interrupted").withSize(1));
		CompletableFuture<Object> blocked = other.submit(PythonRequest.exec("import time; time.sleep(2)", Map.of()),
				Engine.NONE);
		other.close(Duration.ofMillis(800)); // interrupts what runs, and then nothing any
												// more
		assertThat(blocked).isCompletedExceptionally();
		pool.close(Duration.ofSeconds(1));
		await().untilAsserted(() -> {
			Map<String, Long> after = runtime.counters();
			for (String name : after.keySet()) {
				boolean moves = !name.equals("extensions.probed") && !name.startsWith("views")
						&& (callers || !name.startsWith("threadstates")) && (own || !name.equals("contexts.abandoned"))
						&& !name.equals("interrupts.toolate");
				if (moves) {
					assertThat(after.get(name)).as(name).isGreaterThan(before.get(name));
				}
			}
			assertThat(after.get("interrupts.sent"))
				.isEqualTo(after.get("interrupts.delivered") + after.get("interrupts.toolate"));
		});
		runtime.release();
	}

	@Test
	void interruptThatComesTooLateIsCounted() {
		PythonRuntime runtime = Engine.start();
		long nativePool = LibPyboot.pb_create_pool();
		PythonContext context = runtime
			.startContext(
					false, nativePool, 16, Map.of("pool", "late", "index", 0, "mode", "main", "path", List.of(),
							"preload", List.of(), "max_depth", 10, "max_message_size", 100_000),
					Duration.ofSeconds(20));
		long before = runtime.counters().get("interrupts.toolate");
		context.interrupt(12_345); // a request that is over, or never was
		await().until(() -> runtime.counters().get("interrupts.toolate") == before + 1);
		context.stop(Duration.ofSeconds(5));
		assertThat(context.awaitEnd(Duration.ofSeconds(5))).isTrue();
		LibPyboot.pb_destroy_pool(nativePool);
		runtime.release();
	}

}
