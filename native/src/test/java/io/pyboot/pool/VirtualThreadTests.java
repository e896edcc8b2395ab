package io.pyboot.pool;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.pyboot.JavaRef;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonObject;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Virtual threads call like any other and never hold up their carriers.
 */
class VirtualThreadTests extends PoolTestBase {

	/** By reflection, since the tests are compiled for Java 17. */
	static ExecutorService executor() throws ReflectiveOperationException {
		Method factory = null;
		for (Method method : Executors.class.getMethods()) {
			if (method.getName().equals("newVirtualThreadPerTaskExecutor")) {
				factory = method;
			}
		}
		assumeTrue(factory != null, "no virtual threads before JDK 21");
		return (ExecutorService) factory.invoke(null);
	}

	@Test
	void callsOfThousandsOfVirtualThreadsAreAnswered() throws Exception {
		ExecutorService threads = executor();
		long byCallers = this.pool.counters().get("requests.caller.call");
		List<Future<Object>> answers = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			int n = i;
			answers.add(threads.submit(() -> this.pool.invoke(Engine.call("builtins:abs", -n), Engine.NONE)));
		}
		for (int i = 0; i < answers.size(); i++) {
			assertThat(answers.get(i).get(60, TimeUnit.SECONDS)).isEqualTo((long) i);
		}
		threads.shutdown();
		assertThat(this.pool.counters().get("requests.caller.call")).isEqualTo(byCallers);
	}

	@Test
	void waitingVirtualThreadsLeaveTheCarriersFree() throws Exception {
		ExecutorService threads = executor();
		List<Future<Object>> sleepers = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 2; i++) {
			sleepers.add(threads.submit(
					() -> this.pool.invoke(PythonRequest.exec("import time; time.sleep(0.3)", Map.of()), Engine.NONE)));
		}
		await().until(() -> this.pool.inFlight() == sleepers.size());
		// All carriers would be taken if a waiting call pinned one.
		assertThat(threads.submit(() -> "free").get(200, TimeUnit.MILLISECONDS)).isEqualTo("free");
		for (Future<Object> sleeper : sleepers) {
			sleeper.get(30, TimeUnit.SECONDS);
		}
		threads.shutdown();
	}

	@Test
	void deadlineInterruptAndOverloadReachVirtualThreads() throws Exception {
		ExecutorService threads = executor();
		Future<Throwable> late = threads
			.submit(() -> catchThrowable(() -> this.pool.invoke(PythonRequest.exec("while True: pass", Map.of()),
					Engine.NONE.withTimeout(Duration.ofMillis(100)))));
		assertThat(late.get(20, TimeUnit.SECONDS)).isInstanceOf(PythonTimeoutException.class);
		Future<Throwable> interrupted = threads.submit(() -> {
			Thread.currentThread().interrupt();
			return catchThrowable(
					() -> this.pool.invoke(PythonRequest.exec("while True: pass", Map.of()), Engine.NONE));
		});
		assertThat(interrupted.get(20, TimeUnit.SECONDS)).isInstanceOf(PythonCancelledException.class);
		PoolOptions small = PoolOptions.named("virtual").withSize(1).withMaxWait(Duration.ofMillis(100));
		try (PythonPool busy = PythonPool.open(this.runtime, small)) {
			Future<Object> first = threads
				.submit(() -> busy.invoke(PythonRequest.exec("import time; time.sleep(0.6)", Map.of()), Engine.NONE));
			await().until(() -> busy.queueDepth() == 1);
			Future<Object> second = threads.submit(() -> busy.invoke(PythonRequest.eval("1", Map.of()), Engine.NONE));
			assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
				.isThrownBy(() -> second.get(20, TimeUnit.SECONDS))
				.withCauseInstanceOf(PythonOverloadedException.class);
			first.get(20, TimeUnit.SECONDS);
		}
		threads.shutdown();
	}

	@Test
	void virtualThreadsUseOneHandle() throws Exception {
		ExecutorService threads = executor();
		try (PythonObject list = (PythonObject) this.pool
			.invoke(PythonRequest.eval("[]", Map.of()).returning(ResultForm.HANDLE), Engine.NONE)) {
			List<Future<Object>> appended = new ArrayList<>();
			for (int i = 0; i < 1000; i++) {
				Object mine = new Object();
				appended.add(threads.submit(() -> {
					try (PythonObject item = list.callMethod("__class__", PythonObject.class, List.of(1L))) {
						assertThat(item.callMethod("append", JavaRef.of(mine))).isNull();
						assertThat(item.getItem(1)).isSameAs(mine);
						return list.callMethod("append", item);
					}
				}));
			}
			for (Future<Object> each : appended) {
				each.get(60, TimeUnit.SECONDS);
			}
			assertThat(list.size()).isEqualTo(1000);
		}
		threads.shutdown();
	}

}
