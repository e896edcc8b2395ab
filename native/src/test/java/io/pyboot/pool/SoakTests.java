package io.pyboot.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonTimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * All operations at once, from 50 platform threads and (where the JDK has them) 200
 * virtual ones, while contexts are replaced. Runs for {@code pyboot.soak.seconds}, 5 by
 * default, 120 with the profile {@code soak}.
 */
class SoakTests extends PoolTestBase {

	private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("pyboot.soak.seconds", 5));

	private final AtomicBoolean over = new AtomicBoolean();

	private final AtomicReference<Throwable> unexpected = new AtomicReference<>();

	private final AtomicLong done = new AtomicLong();

	@Test
	void nothingIsLostAndNothingGrows() throws Exception {
		this.pool.broadcast(PythonRequest.exec("", Map.of()), Engine.NONE);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			Thread thread = new Thread(this::work);
			thread.start();
			threads.add(thread);
		}
		ExecutorService virtual = virtualThreads();
		for (int i = 0; virtual != null && i < 200; i++) {
			virtual.execute(this::work);
		}
		List<Long> resident = new ArrayList<>();
		long until = System.nanoTime() + TIME.toNanos();
		for (int i = 0; System.nanoTime() - until < 0; i++) {
			this.pool.restart(i % 2);
			resident.add(residentKilobytes());
			Thread.sleep(200); // how often contexts are replaced
		}
		this.over.set(true);
		for (Thread thread : threads) {
			thread.join();
		}
		if (virtual != null) {
			virtual.shutdown();
			assertThat(virtual.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(this.unexpected.get()).isNull();
		assertThat(this.done.get()).isGreaterThan(1000);
		await().atMost(Duration.ofSeconds(60)).until(() -> this.pool.inFlight() == 0);
		assertBalanced(this.pool);
		System.out.printf("soak: %,d operations in %d s, resident memory %s MB%n", this.done.get(), TIME.toSeconds(),
				resident.stream().map((kilobytes) -> kilobytes / 1024).toList());
		assertFlat(resident);
	}

	private static ExecutorService virtualThreads() throws ReflectiveOperationException {
		return (Runtime.version().feature() >= 21) ? VirtualThreadTests.executor() : null;
	}

	/** The last quarter is not much above the second one: the first warms up. */
	static void assertFlat(List<Long> resident) {
		int quarter = resident.size() / 4;
		if (TIME.toSeconds() < 60) {
			return; // too short to tell growth from warming up
		}
		double before = resident.subList(quarter, 2 * quarter)
			.stream()
			.mapToLong(Long::longValue)
			.average()
			.orElseThrow();
		double after = resident.subList(3 * quarter, resident.size())
			.stream()
			.mapToLong(Long::longValue)
			.average()
			.orElseThrow();
		assertThat(after).as("resident kilobytes %s", resident).isLessThan(before * 1.15);
	}

	static long residentKilobytes() throws IOException {
		for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
			if (line.startsWith("VmRSS:")) {
				return Long.parseLong(line.replaceAll("\\D", ""));
			}
		}
		throw new IllegalStateException("no VmRSS");
	}

	private void work() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		while (!this.over.get() && this.unexpected.get() == null) {
			try {
				operation(random.nextInt(12), random.nextInt(1000));
				this.done.incrementAndGet();
			}
			catch (Throwable ex) {
				this.unexpected.compareAndSet(null, ex);
			}
		}
	}

	private void operation(int kind, int n) {
		switch (kind) {
			case 0 -> equal(this.pool.invoke(Engine.call("builtins:abs", -n), Engine.NONE), (long) n);
			case 1 -> equal(this.pool.invoke(PythonRequest.eval("n + 1", Map.of("n", n)), Engine.NONE), n + 1L);
			case 2 -> this.pool.invoke(PythonRequest.exec("x = " + (n % 50), Map.of()), Engine.NONE);
			case 3 -> this.pool.cast(Engine.call("builtins:abs", -n), Engine.NONE);
			case 4 -> equal(this.pool.submit(Engine.call("builtins:abs", -n), Engine.NONE).join(), (long) n);
			case 5 -> equal(
					this.pool.invoke(Engine.call("builtins:abs", -n), Engine.NONE.withTimeout(Duration.ofSeconds(60))),
					(long) n);
			case 6 -> equal(this.pool.invoke(Engine.call("builtins:len", "x".repeat(n * 100)), Engine.NONE), n * 100L);
			case 7 -> equal(this.pool.invoke(PythonRequest.eval("b'x' * n", Map.of("n", n * 10)),
					Engine.NONE.withAffinityKey(n)), null);
			case 8 -> cancel(n);
			case 9 -> expire();
			case 10 -> session(n);
			default -> raise();
		}
	}

	private static void equal(Object actual, Object expected) {
		if (expected != null && !expected.equals(actual)) {
			throw new AssertionError(actual + " instead of " + expected);
		}
	}

	private void cancel(int n) {
		CompletableFuture<Object> future = this.pool.submit(PythonRequest.eval("sum(range(n))", Map.of("n", n)),
				Engine.NONE);
		future.cancel(true);
		try {
			future.join();
		}
		catch (CancellationException ex) {
			return; // in time
		}
	}

	private void expire() {
		try {
			this.pool.invoke(PythonRequest.exec("for i in range(100000): pass", Map.of()),
					Engine.NONE.withTimeout(Duration.ofMillis(1)));
		}
		catch (PythonTimeoutException | PythonCancelledException ex) {
			return; // late
		}
	}

	private void session(int n) {
		try (PythonSession session = this.pool.openSession(Engine.NONE)) {
			session.invoke(PythonRequest.exec("y = n", Map.of("n", n)), Engine.NONE);
			equal(session.invoke(PythonRequest.eval("y", Map.of()), Engine.NONE), (long) n);
		}
		catch (PythonContextLostException ex) {
			return; // its context was replaced
		}
	}

	private void raise() {
		try {
			this.pool.submit(PythonRequest.eval("1 / 0", Map.of()), Engine.NONE).join();
			throw new AssertionError("1 / 0 has a value");
		}
		catch (CompletionException ex) {
			equal(ex.getCause() instanceof PythonCallException, true);
		}
	}

}
