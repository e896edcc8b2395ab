package io.pyboot.pool;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.pyboot.PythonTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Code that holds on to what it has: to its thread when it is interrupted, to memory when
 * its request is over, to modules when its context is replaced.
 */
class StubbornCodeTests extends PoolTestBase {

	private static final RequestOptions FIRST = Engine.NONE.withContextIndex(0);

	/** Each runs until Java says so, or much longer than its deadline. */
	static Stream<String> uninterruptible() {
		return Stream.of("import time; time.sleep(2)", "sum(range(10**8))",
				"import re; re.match('(a+)+$', 'a' * 24 + 'b')", """
						import time
						end = time.monotonic() + 1.5
						while time.monotonic() < end:
						    try:
						        while time.monotonic() < end: pass
						    except: pass
						""", "import threading; threading.Event().wait(2)",
				"import subprocess; subprocess.run(['sleep', '2'])");
	}

	@ParameterizedTest
	@MethodSource("uninterruptible")
	void callerIsLetGoBeforeTheCodeEnds(String source) {
		CompletableFuture<Object> before = this.pool.submit(PythonRequest.exec(source, Map.of()), FIRST);
		assertThatExceptionOfType(PythonTimeoutException.class).isThrownBy(
				() -> this.pool.invoke(PythonRequest.eval("1", Map.of()), FIRST.withTimeout(Duration.ofMillis(100))));
		assertThat(before).isNotDone();
		assertThat(before.cancel(true)).isTrue();
		CompletableFuture<Object> after = this.pool.submit(PythonRequest.exec(source, Map.of()),
				FIRST.withTimeout(Duration.ofMillis(100)));
		assertThat(catchThrowable(after::join)).isInstanceOf(CompletionException.class)
			.hasCauseInstanceOf(PythonTimeoutException.class);
		await().atMost(Duration.ofSeconds(60)).until(() -> this.pool.contexts().get(0).queueDepth() == 0);
		assertThat(this.pool.invoke(PythonRequest.eval("1", Map.of()), FIRST)).isEqualTo(1L);
	}

	@ParameterizedTest
	@EnumSource
	void viewOfALargeArgumentStaysValidAfterItsRequest(Engine.Way way) {
		byte[] large = new byte[4 << 20];
		Arrays.fill(large, (byte) 7);
		try (PythonPool one = PythonPool.open(this.runtime, options().withSize(1))) {
			way.run(one, PythonRequest.exec("kept = memoryview(x)", Map.of("x", large)));
			Arrays.fill(large, (byte) 9);
			System.gc();
			way.run(one, PythonRequest.exec("other = x", Map.of("x", large)));
			assertThat(way.run(one, PythonRequest.eval("[len(kept), set(kept), set(other)]", Map.of())))
				.hasToString("[4194304, [7], [9]]");
		}
	}

	@Test
	void contextMayBeReplacedOftenWhateverItImports() {
		try (PythonPool one = PythonPool.open(this.runtime, options().withSize(1))) {
			for (int i = 0; i < 20; i++) {
				Engine.exec(one, "import datetime, decimal, sqlite3, unittest, asyncio");
				one.restart(0);
			}
			assertThat(Engine.eval(one, "__import__('datetime').date(2026, 1, 31).isoformat()"))
				.isEqualTo("2026-01-31");
		}
	}

	@Test
	void contextsImportTheSameModulesAtTheSameTime() {
		try (PythonPool four = PythonPool.open(this.runtime, options().withSize(4))) {
			String source = "import datetime, decimal, zoneinfo, asyncio, unittest.mock\n"
					+ "assert datetime.datetime.now(zoneinfo.ZoneInfo('UTC')).year > 2000";
			List<CompletableFuture<Object>> all = IntStream.range(0, 4)
				.mapToObj((i) -> four.submit(PythonRequest.exec(source, Map.of()),
						Engine.NONE.withContextIndex(i).withTimeout(Duration.ofSeconds(60))))
				.toList();
			all.forEach(CompletableFuture::join);
		}
	}

}
