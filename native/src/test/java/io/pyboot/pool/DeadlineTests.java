package io.pyboot.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whoever waits is let go on time, and what was given up does not run later.
 */
class DeadlineTests extends PoolTestBase {

	private static final RequestOptions FIRST = Engine.NONE.withContextIndex(0);

	private long nativeCount(String counter) {
		return this.runtime.counters().get(counter);
	}

	private CompletableFuture<Object> occupy(String source) {
		this.pool.invoke(PythonRequest.exec("started = False", Map.of()), FIRST);
		CompletableFuture<Object> future = this.pool.submit(PythonRequest.exec("started = True\n" + source, Map.of()),
				FIRST);
		if (this.pool.mode() == PythonMode.SUBINTERPRETER && Engine.isAtLeast(14)) {
			await().until(() -> Boolean.TRUE.equals(this.pool.invoke(PythonRequest.eval("started", Map.of()), FIRST)));
		}
		else {
			await().until(() -> this.pool.contexts().get(0).queueDepth() == 1);
		}
		return future;
	}

	/** Keeps a context occupied until the file exists. */
	private CompletableFuture<Object> occupyUntilExists(Path file) {
		return occupy("import os, time\nwhile not os.path.exists('" + file + "'): time.sleep(0.005)");
	}

	@Test
	void runningRequestIsInterruptedAtItsDeadline() {
		long delivered = nativeCount("interrupts.delivered");
		long began = System.nanoTime();
		assertThatExceptionOfType(PythonTimeoutException.class)
			.isThrownBy(() -> this.pool.invoke(PythonRequest.exec("while True: pass", Map.of()),
					FIRST.withTimeout(Duration.ofMillis(200))))
			.withMessageContaining("exec of 'while True: pass'");
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
		assertThat(nativeCount("interrupts.delivered")).isGreaterThan(delivered);
		assertThat(nativeCount("replies.dropped")).isPositive();
		assertThat(this.pool.invoke(PythonRequest.eval("1", Map.of()), FIRST)).isEqualTo(1L);
	}

	@Test
	void callerIsReleasedWhenPythonIgnoresTheInterrupt() {
		assertThatExceptionOfType(PythonTimeoutException.class)
			.isThrownBy(() -> this.pool.invoke(PythonRequest.exec("import time; time.sleep(1.5)", Map.of()),
					FIRST.withTimeout(Duration.ofMillis(100))));
		assertThat(this.pool.contexts().get(0).state()).isEqualTo("BUSY");
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
	}

	@Test
	void interruptRunsFinallyBlocksAndNamesTheRequest() {
		this.pool.invoke(PythonRequest.exec("log = []", Map.of()), FIRST);
		assertThatExceptionOfType(PythonTimeoutException.class).isThrownBy(() -> this.pool.invoke(PythonRequest.exec("""
				import pyboot
				def spin(): # in a function: the jump of a loop is outside of the try around it for CPython 3.12.1
				    while True: pass
				try:
				    spin()
				except pyboot.RequestInterrupted as e:
				    log.append(str(e))
				finally:
				    log.append('finally')
				""", Map.of()), FIRST.withTimeout(Duration.ofMillis(100))));
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
		assertThat(this.pool.invoke(PythonRequest.eval("' '.join(log)", Map.of()), FIRST)).asString()
			.matches("request 0x[0-9a-f]+ was interrupted finally");
	}

	@Test
	void queuedRequestPastItsDeadlineNeverRuns(@TempDir Path directory) throws IOException {
		long dropped = nativeCount("requests.dropped");
		this.pool.invoke(PythonRequest.exec("ran = []", Map.of()), FIRST);
		CompletableFuture<Object> occupier = occupyUntilExists(directory.resolve("go"));
		assertThatExceptionOfType(PythonTimeoutException.class).isThrownBy(() -> this.pool
			.invoke(PythonRequest.exec("ran.append(1)", Map.of()), FIRST.withTimeout(Duration.ofMillis(50))));
		CompletableFuture<Object> async = this.pool.submit(PythonRequest.exec("ran.append(2)", Map.of()),
				FIRST.withTimeout(Duration.ofMillis(50)));
		assertThat(catchThrowableOfType(CompletionException.class, async::join))
			.hasCauseInstanceOf(PythonTimeoutException.class);
		Files.createFile(directory.resolve("go"));
		occupier.join();
		assertThat(this.pool.submit(PythonRequest.eval("len(ran)", Map.of()), FIRST).join()).isEqualTo(0L);
		assertThat(nativeCount("requests.dropped")).isEqualTo(dropped + 2);
	}

	@Test
	void asynchronousRequestIsInterruptedAtItsDeadline() {
		CompletableFuture<Object> future = this.pool.submit(PythonRequest.exec("while True: pass", Map.of()),
				FIRST.withTimeout(Duration.ofMillis(100)));
		assertThat(catchThrowableOfType(CompletionException.class, future::join))
			.hasCauseInstanceOf(PythonTimeoutException.class);
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
	}

	@Test
	void cancelledFutureInterruptsWhatRuns() {
		CompletableFuture<Object> future = occupy("while True: pass");
		assertThat(future.cancel(true)).isTrue();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(future::join);
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
	}

	@Test
	void cancelledFutureDropsWhatIsQueued(@TempDir Path directory) throws IOException {
		this.pool.invoke(PythonRequest.exec("ran = []", Map.of()), FIRST);
		CompletableFuture<Object> occupier = occupyUntilExists(directory.resolve("go"));
		CompletableFuture<Object> queued = this.pool.submit(PythonRequest.exec("ran.append(1)", Map.of()), FIRST);
		queued.cancel(true);
		Files.createFile(directory.resolve("go"));
		occupier.join();
		assertThat(this.pool.submit(PythonRequest.eval("ran", Map.of()), FIRST).join()).isEqualTo(java.util.List.of());
	}

	@Test
	void futureCompletedByItsUserGivesTheRequestUp() {
		CompletableFuture<Object> future = occupy("while True: pass");
		assertThat(future.complete("mine")).isTrue();
		assertThat(future.join()).isEqualTo("mine");
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
	}

	@Test
	void interruptedCallerIsReleasedWithItsFlagSet() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			try {
				this.pool.invoke(PythonRequest.exec("while True: pass", Map.of()),
						FIRST.withTimeout(Duration.ofMinutes(5)));
			}
			catch (Throwable ex) {
				thrown.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		caller.start();
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 1);
		caller.interrupt();
		caller.join(TimeUnit.SECONDS.toMillis(10));
		assertThat(thrown.get()).isInstanceOf(PythonCancelledException.class);
		assertThat(flag.get()).isTrue();
		await().until(() -> this.pool.contexts().get(0).queueDepth() == 0);
	}

	@Test
	void interruptForOneRequestDoesNotHitTheNext() {
		for (int i = 0; i < 300; i++) {
			CompletableFuture<Object> first = this.pool.submit(PythonRequest.exec("sum(range(3000))", Map.of()), FIRST);
			CompletableFuture<Object> second = this.pool.submit(PythonRequest.eval("sum(range(3000))", Map.of()),
					FIRST);
			if (i % 3 == 0) {
				Thread.onSpinWait();
			}
			first.cancel(true);
			assertThat(second.join()).isEqualTo(4498500L);
		}
		await().until(() -> nativeCount("interrupts.sent") == nativeCount("interrupts.delivered")
				+ nativeCount("interrupts.toolate"));
	}

	@Test
	void fullQueueIsOverloadNamedAfterItsProperties() {
		PoolOptions tiny = PoolOptions.named("tiny")
			.withSize(1)
			.withQueueCapacity(2)
			.withMaxWait(Duration.ofMillis(100));
		try (PythonPool pool = PythonPool.open(this.runtime, tiny)) {
			CompletableFuture<Object> one = pool.submit(PythonRequest.exec("import time; time.sleep(0.6)", Map.of()),
					Engine.NONE);
			CompletableFuture<Object> two = pool.submit(PythonRequest.eval("2", Map.of()), Engine.NONE);
			CompletableFuture<Object> three = pool.submit(PythonRequest.eval("3", Map.of()), Engine.NONE);
			assertThat(catchThrowableOfType(CompletionException.class, three::join))
				.hasCauseInstanceOf(PythonOverloadedException.class)
				.hasMessageContaining("queue-capacity");
			assertThatExceptionOfType(PythonOverloadedException.class)
				.isThrownBy(() -> pool.cast(PythonRequest.eval("4", Map.of()), Engine.NONE));
			one.join();
			assertThat(two.join()).isEqualTo(2L);
			assertThat(pool.counters()).containsEntry("requests.rejected", 2L);
		}
	}

	@Test
	void queuedCallerIsTurnedAwayAfterMaxWait() {
		PoolOptions owner = PoolOptions.named("owner")
			.withSize(1)
			.withDispatch(Dispatch.OWNER)
			.withMaxWait(Duration.ofMillis(100));
		try (PythonPool pool = PythonPool.open(this.runtime, owner)) {
			CompletableFuture<Object> one = pool.submit(PythonRequest.exec("import time; time.sleep(0.6)", Map.of()),
					Engine.NONE);
			assertThatExceptionOfType(PythonOverloadedException.class)
				.isThrownBy(() -> pool.invoke(PythonRequest.eval("1", Map.of()), Engine.NONE))
				.withMessageContaining("max-wait");
			one.join();
			assertThat(pool.invoke(PythonRequest.eval("1", Map.of()), Engine.NONE)).isEqualTo(1L);
		}
	}

}
