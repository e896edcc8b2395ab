package io.pyboot.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.pyboot.codec.CodecLimits;
import io.pyboot.logging.OutputTarget;
import io.pyboot.logging.PythonOutput;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What Python code prints, and what it does not handle, arrives in the log line by line.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutputTests {

	private final RecordedLog log = new RecordedLog();

	private PythonRuntime runtime;

	private PythonPool pool;

	PoolOptions options() {
		return PoolOptions.named("output");
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.pool = PythonPool.open(this.runtime, options().withSize(1));
		Engine.exec(this.pool, "import sys, threading, warnings, gc");
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
	}

	@BeforeEach
	void record() {
		this.log.start();
		((Logger) LoggerFactory.getLogger("python")).setLevel(Level.INFO);
	}

	@AfterEach
	void forget() {
		this.log.stop();
	}

	private void exec(String source) {
		Engine.exec(this.pool, source);
	}

	@ParameterizedTest
	@EnumSource
	void linesArriveAsTheyWerePrinted(Way way) {
		way.run(this.pool, PythonRequest.exec("""
				print("x", 1, {}, sep=", ")
				print()
				print("two\\nlines")
				print("ab", end="")
				print("cd")
				print("windows\\r")
				print("to stderr {}", file=sys.stderr)
				sys.stdout.writelines(["a\\n", "b\\n"])
				""", Map.of()));
		assertThat(this.log.lines()).containsExactly("INFO python.stdout x, 1, {}", "INFO python.stdout ",
				"INFO python.stdout two", "INFO python.stdout lines", "INFO python.stdout abcd",
				"INFO python.stdout windows", "WARN python.stderr to stderr {}", "INFO python.stdout a",
				"INFO python.stdout b");
	}

	@ParameterizedTest
	@EnumSource
	void anUnfinishedLineArrivesWithTheEndOfTheRequest(Way way) {
		way.run(this.pool, PythonRequest.exec("sys.stdout.write('no newline'); sys.stderr.write('here')", Map.of()));
		assertThat(this.log.lines()).containsExactly("INFO python.stdout no newline", "WARN python.stderr here");
		assertThat(this.log.lines()).hasSize(2);
		try {
			way.run(this.pool, PythonRequest.exec("print('before it fails', end=''); 1 / 0", Map.of()));
		}
		catch (io.pyboot.PythonCallException ex) {
			assertThat(ex.getPythonType()).isEqualTo("ZeroDivisionError");
		}
		assertThat(this.log.lines()).last().isEqualTo("INFO python.stdout before it fails");
	}

	@Test
	void aFlushEndsTheLine() {
		exec("print('step', end='', flush=True); print('.')");
		assertThat(this.log.lines()).containsExactly("INFO python.stdout step", "INFO python.stdout .");
	}

	@ParameterizedTest
	@EnumSource
	void allOfUnicodeArrives(Way way) {
		way.run(this.pool, PythonRequest.exec("""
				print("😁 中文 café \\0 end")
				print("lone \\ud83d and \\udc80", "😁")
				sys.stdout.buffer.write("bytes 😁\\n".encode())
				sys.stdout.buffer.write(b"half \\xf0\\x9f")
				sys.stdout.buffer.write(b"\\x98\\x81 bad \\xff\\n")
				""", Map.of()));
		assertThat(this.log.lines()).containsExactly("INFO python.stdout \ud83d\ude01 \u4e2d\u6587 caf\u00e9 \0 end",
				"INFO python.stdout lone \\ud83d and \\udc80 \ud83d\ude01", "INFO python.stdout bytes \ud83d\ude01",
				"INFO python.stdout half \ud83d\ude01 bad \\xff");
	}

	@Test
	void aVeryLongLineIsSplit() {
		exec("print('x' * 100_000)");
		assertThat(this.log.events()).hasSize(7);
		assertThat(String.join("", this.log.events().stream().map((event) -> event.getFormattedMessage()).toList()))
			.isEqualTo("x".repeat(100_000));
		exec("for _ in range(40_000): sys.stdout.write('y')");
		assertThat(String.join("", this.log.events().stream().map((event) -> event.getFormattedMessage()).toList()))
			.isEqualTo("x".repeat(100_000) + "y".repeat(40_000));
	}

	@Test
	void aSmallLimitForMessagesLosesNothing() {
		try (PythonPool small = PythonPool.open(this.runtime,
				PoolOptions.named("small")
					.withSize(1)
					.withMode(PythonMode.SUBINTERPRETER)
					.withLimits(new CodecLimits(200, 4096)))) {
			Engine.exec(small, "print('\u4e2d' * 5000)\nfor i in range(500): print(i)\nprint('\\n'.join('z' * 900))");
		}
		List<String> texts = this.log.events().stream().map((event) -> event.getFormattedMessage()).toList();
		List<String> expected = new ArrayList<>(IntStream.range(0, 500).mapToObj(String::valueOf).toList());
		IntStream.range(0, 900).forEach((i) -> expected.add("z"));
		int split = texts.indexOf("0");
		assertThat(String.join("", texts.subList(0, split))).isEqualTo("\u4e2d".repeat(5000));
		assertThat(texts.subList(split, texts.size())).isEqualTo(expected);
	}

	@Test
	void threadsHaveLinesOfTheirOwn() {
		exec("""
				def work(n):
				    for i in range(50):
				        print(n, end="-")
				        print(i)
				    print("end of", n, end="")
				threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
				[t.start() for t in threads]
				[t.join() for t in threads]
				del threads
				""");
		exec("gc.collect(); print('flushed')");
		for (int n = 0; n < 4; n++) {
			String prefix = "INFO python.stdout " + n + "-";
			assertThat(this.log.lines().stream().filter((line) -> line.startsWith(prefix)))
				.containsExactlyElementsOf(IntStream.range(0, 50).mapToObj((i) -> prefix + i).toList());
			assertThat(this.log.lines()).contains("INFO python.stdout end of " + n);
		}
	}

	@Test
	void warningsArriveUnderTheirOwnLogger() {
		exec("""
				with warnings.catch_warnings():
				    warnings.simplefilter("always")
				    warnings.warn("old", DeprecationWarning)
				with warnings.catch_warnings(record=True) as caught:
				    warnings.simplefilter("always")
				    warnings.warn("recorded")
				assert len(caught) == 1
				""");
		assertThat(this.log.lines()).singleElement()
			.asString()
			.startsWith("WARN python.py.warnings <exec>:3: DeprecationWarning: old");
	}

	@Test
	void whatNobodyHandlesIsAnError() {
		exec("""
				def fail():
				    raise ValueError("of a thread")
				t = threading.Thread(target=fail, name="worker-7")
				t.start()
				t.join()
				class Bad:
				    def __del__(self):
				        raise ValueError("of a finalizer")
				bad = Bad()
				del bad
				gc.collect()
				""");
		assertThat(this.log.lines().get(0)).startsWith("ERROR python Exception in thread worker-7:\nTraceback")
			.endsWith("ValueError: of a thread");
		assertThat(this.log.lines().get(1)).startsWith("ERROR python ")
			.contains("__del__")
			.endsWith("ValueError: of a finalizer");
		assertThat(this.log.lines()).hasSize(2);
	}

	@Test
	void theStreamsAreWhatLibrariesExpect() {
		assertThat(Engine.eval(this.pool,
				"[sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.fileno(), sys.stderr.fileno(), sys.stdout.writable(), sys.stdout.readable(), sys.stdout.name, isinstance(sys.stdout, __import__('io').TextIOBase), sys.stdout.closed]"))
			.isEqualTo(List.of("utf-8", false, 1L, 2L, true, false, "<stdout>", true, false));
		exec("sys.stdout.reconfigure(encoding='utf-8'); sys.stdout.close(); print('still here')");
		assertThat(this.log.lines()).containsExactly("INFO python.stdout still here");
	}

	@Test
	void contextsOfModeMainFindTheStreamsAgainThatCodeHasTakenAway() {
		PoolOptions options = PoolOptions.named("again").withSize(1).withMode(PythonMode.MAIN);
		try (PythonPool before = PythonPool.open(this.runtime, options)) {
			Engine.exec(before, "import sys; sys.stdout = None; sys.stderr = 5");
		}
		try (PythonPool after = PythonPool.open(this.runtime, options)) {
			assertThat(Engine.eval(after,
					"[sys.stdout.fileno(), sys.stderr.fileno()]".replace("sys", "__import__('sys')")))
				.isEqualTo(List.of(1L, 2L));
		}
	}

	@Test
	void writeTakesStrOnly() {
		org.assertj.core.api.Assertions.assertThatExceptionOfType(io.pyboot.PythonCallException.class)
			.isThrownBy(() -> exec("sys.stdout.write(b'x')"))
			.withMessageContaining("write() argument must be str, not bytes");
	}

	@Test
	void outputWithoutALoggerGoesThrough() {
		try (PythonPool through = PythonPool.open(this.runtime,
				PoolOptions.named("through")
					.withSize(1)
					.withMode(PythonMode.SUBINTERPRETER)
					.withOutput(new PythonOutput(OutputTarget.THROUGH, OutputTarget.LOGGER)))) {
			Engine.exec(through, "import sys; print('to the process'); print('to the log', file=sys.stderr)");
			assertThat(Engine.eval(through, "sys.stdout is sys.__stdout__")).isEqualTo(true);
		}
		assertThat(this.log.lines()).containsExactly("WARN python.stderr to the log");
	}

	@Test
	void whatIsPrintedAtTheEndOfAContextArrives() {
		PythonPool ending = PythonPool.open(this.runtime,
				PoolOptions.named("ending").withSize(1).withMode(PythonMode.SUBINTERPRETER));
		Engine.exec(ending, """
				import atexit, logging, threading, time
				atexit.register(print, "at exit", end="")
				atexit.register(logging.warning, "logged at exit")
				def work():
				    while not stop: time.sleep(0.01)
				    print("the thread ends", end="")
				stop = []
				threading.Thread(target=work).start()
				threading.Timer(0.2, stop.append, [1]).start()
				""");
		ending.close();
		assertThat(this.log.lines()).contains("INFO python.stdout the thread ends", "WARN python logged at exit",
				"INFO python.stdout at exit");
	}

	@Test
	void modulesThatArePreloadedMayPrint() {
		try (PythonPool preloading = PythonPool.open(this.runtime,
				PoolOptions.named("preloading")
					.withSize(1)
					.withMode(PythonMode.SUBINTERPRETER)
					.withPreload(List.of("this")))) {
			await().until(() -> this.log.lines().contains("INFO python.stdout Beautiful is better than ugly."));
		}
	}

}
