package io.pyboot.pool;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What Python code logs arrives at SLF4J, as far as the levels of both let it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoggingTests {

	private final CallbackRegistry registry = new CallbackRegistry();

	private final AtomicInteger crossings = new AtomicInteger();

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	private final RecordedLog log = new RecordedLog();

	private PythonRuntime runtime;

	private PythonPool pool;

	PoolOptions options() {
		return PoolOptions.named("logging");
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.pool = PythonPool.open(this.runtime, options().withSize(1), this.registry);
		this.registry.register("count", (arguments, keywords) -> this.crossings.incrementAndGet());
		exec("import pyboot, logging\nlog = logging.getLogger('shop.cart')");
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
		this.executor.shutdown();
	}

	@BeforeEach
	void record() {
		this.log.start();
		setLevel("python", Level.INFO);
	}

	@AfterEach
	void forget() {
		this.log.stop();
		for (String name : List.of("python.shop", "python.shop.cart", "python.other")) {
			setLevel(name, null);
		}
		exec("logging.root.level = __import__('pyboot')._logging._unset");
		exec("[setattr(logging.getLogger(n), 'level', 0) for n in ('shop', 'shop.cart', 'other')]");
	}

	private void exec(String source) {
		Engine.exec(this.pool, source);
	}

	private static void setLevelOnly(String logger, @Nullable Level level) {
		((Logger) LoggerFactory.getLogger(logger)).setLevel(level);
	}

	/** Changes a level and lets Python see it at once. */
	private void setLevel(String logger, @Nullable Level level) {
		setLevelOnly(logger, level);
		exec("__import__('pyboot')._slf4j.due = 0; __import__('logging').root.manager._clear_cache()");
	}

	@ParameterizedTest
	@EnumSource
	void recordsArriveWithLoggerAndLevel(Way way) {
		setLevel("python", Level.TRACE);
		way.run(this.pool, PythonRequest.exec("""
				for level in (5, 10, 15, 20, 25, 30, 40, 50, 70):
				    log.log(level, "%s at {} %d", "text", level)
				logging.warning("of the root")
				""", Map.of()));
		assertThat(this.log.lines()).containsExactly("TRACE python.shop.cart text at {} 5",
				"DEBUG python.shop.cart text at {} 10", "DEBUG python.shop.cart text at {} 15",
				"INFO python.shop.cart text at {} 20", "INFO python.shop.cart text at {} 25",
				"WARN python.shop.cart text at {} 30", "ERROR python.shop.cart text at {} 40",
				"ERROR python.shop.cart text at {} 50", "ERROR python.shop.cart text at {} 70",
				"WARN python of the root");
	}

	@Test
	void loggingIsNotImportedForItsOwnSake() {
		try (PythonPool fresh = PythonPool.open(this.runtime,
				PoolOptions.named("fresh").withMode(PythonMode.SUBINTERPRETER).withSize(1))) {
			assertThat(Engine.eval(fresh, "'logging' in __import__('sys').modules")).isEqualTo(false);
			Engine.exec(fresh, "print('no logging needed')");
			assertThat(Engine.eval(fresh, "'logging' in __import__('sys').modules")).isEqualTo(false);
			Engine.exec(fresh, "import logging; logging.error('now it is')");
			assertThat(Engine.eval(fresh,
					"[f for f in __import__('sys').meta_path if f.__module__ == 'pyboot._imports'] == [] or 'threading' not in __import__('sys').modules or 'warnings' not in __import__('sys').modules"))
				.isEqualTo(true);
			assertThat(Engine.eval(fresh, "type(logging.__spec__.loader).__name__ + type(logging.__loader__).__name__"))
				.isEqualTo("SourceFileLoaderSourceFileLoader");
		}
		assertThat(this.log.lines()).containsExactly("INFO python.stdout no logging needed", "ERROR python now it is");
	}

	@Test
	void aDisabledLevelDoesNotCross() {
		CallbackRegistry counting = new CallbackRegistry();
		counting.registerInternal("pyboot.levels", (arguments, keywords) -> {
			this.crossings.incrementAndGet();
			return List.of(20L);
		});
		counting.registerInternal("pyboot.log", (arguments, keywords) -> this.crossings.addAndGet(1_000_000));
		try (PythonPool counted = PythonPool.open(this.runtime, PoolOptions.named("counted").withSize(1), counting)) {
			Engine.exec(counted, "import logging\nlog = logging.getLogger('counted')\nlog.debug('first')");
			this.crossings.set(0);
			Engine.exec(counted, """
					import time
					began = time.monotonic()
					for _ in range(100_000):
					    log.debug("never %s", "seen")
					seconds = time.monotonic() - began
					""");
			assertThat(this.crossings.get())
				.isLessThanOrEqualTo(((Double) Engine.eval(counted, "seconds")).intValue() + 1);
		}
	}

	@Test
	void aLevelThatChangesInJavaIsSeenSoon() {
		exec("log.debug('not yet')");
		assertThat(this.log.lines()).isEmpty();
		setLevelOnly("python.shop", Level.DEBUG);
		await().atMost(Duration.ofSeconds(20)).until(() -> {
			exec("log.debug('now')");
			return this.log.lines().contains("DEBUG python.shop.cart now");
		});
		setLevelOnly("python.shop", Level.OFF);
		await().atMost(Duration.ofSeconds(20))
			.until(() -> Boolean.FALSE.equals(Engine.eval(this.pool, "log.isEnabledFor(50)")));
	}

	@Test
	void aLevelThatPythonCodeSetsCountsToo() {
		exec("logging.getLogger('shop').setLevel(logging.ERROR)\nlog.warning('no')\nlog.error('yes')");
		assertThat(Engine.eval(this.pool, "log.getEffectiveLevel()")).isEqualTo(40L);
		exec("log.setLevel(logging.DEBUG)\nlog.debug('Java says no')\nlog.info('both say yes')");
		exec("logging.root.setLevel(30)\nlogging.getLogger('other').info('no')");
		assertThat(this.log.lines()).containsExactly("ERROR python.shop.cart yes",
				"INFO python.shop.cart both say yes");
	}

	@Test
	void theEffectiveLevelIsJavasWhilePythonCodeHasSetNone() {
		assertThat(Engine.eval(this.pool, "[log.getEffectiveLevel(), log.isEnabledFor(10)]"))
			.isEqualTo(List.of(20L, false));
		setLevel("python.shop", Level.TRACE);
		assertThat(Engine.eval(this.pool, "[log.getEffectiveLevel(), log.isEnabledFor(10)]"))
			.isEqualTo(List.of(0L, true));
	}

	@Test
	void handlersOfPythonCodeGetWhatPythonsLevelsLetPass() {
		setLevel("python.shop", Level.ERROR);
		exec("""
				class Kept(logging.Handler):
				    texts = []
				    def emit(self, record):
				        self.texts.append(record.getMessage())
				kept = Kept()
				log.info("before")
				log.setLevel(logging.INFO)
				log.addHandler(kept)
				try:
				    log.info("for the file")
				    log.debug("for nobody")
				    log.error("for both")
				finally:
				    log.removeHandler(kept)
				log.info("after")
				""");
		assertThat(Engine.eval(this.pool, "kept.texts")).isEqualTo(List.of("for the file", "for both"));
		assertThat(this.log.lines()).containsExactly("ERROR python.shop.cart for both");
	}

	@Test
	void aConfigurationOfPythonCodeMayReplaceAndNameTheHandler() {
		exec("""
				import logging.config, io
				handlers = list(logging.root.handlers)
				try:
				    logging.basicConfig(level=logging.CRITICAL)
				    log.info("basicConfig changes nothing")
				    stream = io.StringIO()
				    logging.basicConfig(force=True, stream=stream, level=logging.DEBUG, format="%(message)s")
				    log.debug("to the stream")
				    logging.config.dictConfig({
				        "version": 1, "disable_existing_loggers": False,
				        "formatters": {"short": {"format": "[%(levelname).1s] %(message)s"}},
				        "handlers": {"java": {"class": "pyboot.LogHandler", "formatter": "short"}},
				        "root": {"level": "INFO", "handlers": ["java"]}})
				    log.info("by name")
				finally:
				    logging.root.handlers[:] = handlers
				""");
		assertThat(Engine.eval(this.pool, "stream.getvalue()")).isEqualTo("to the stream\n");
		assertThat(this.log.lines()).containsExactly("INFO python.shop.cart basicConfig changes nothing",
				"INFO python.shop.cart [I] by name");
	}

	@Test
	void exceptionsComeWithTheirTraceback() {
		exec("""
				def fail():
				    raise KeyError("no such cart")
				try:
				    fail()
				except KeyError:
				    log.exception("cannot pay")
				log.warning("where", stack_info=True)
				""");
		assertThat(this.log.events().get(0).getFormattedMessage()).startsWith("cannot pay\nTraceback (most recent call")
			.contains("in fail")
			.endsWith("KeyError: 'no such cart'");
		assertThat(this.log.events().get(1).getFormattedMessage()).startsWith("where\nStack (most recent call last):");
	}

	@ParameterizedTest
	@EnumSource
	void theMdcOfTheCallerHolds(Way way) {
		this.pool.setCallbackExecutor(() -> {
			Map<String, String> captured = MDC.getCopyOfContextMap();
			return (task) -> this.executor.execute(() -> {
				MDC.setContextMap((captured != null) ? captured : Map.of());
				task.run();
			});
		});
		try (MDC.MDCCloseable user = MDC.putCloseable("user", "ada")) {
			way.run(this.pool, PythonRequest.exec("log.info('paid')", Map.of()));
		}
		assertThat(this.log.events()).singleElement()
			.satisfies((event) -> assertThat(event.getMDCPropertyMap()).containsEntry("user", "ada"));
	}

	@ParameterizedTest
	@EnumSource
	void orderIsKeptWithinAThread(Way way) {
		way.run(this.pool, PythonRequest.exec("""
				import sys
				for i in range(20):
				    log.info("%d", i)
				    print(i)
				    sys.stderr.write(f"{i}\\n")
				    pyboot.log(i)
				""", Map.of()));
		assertThat(this.log.lines()).hasSize(80);
		for (int i = 0; i < 20; i++) {
			assertThat(this.log.lines().subList(4 * i, 4 * i + 4)).containsExactly("INFO python.shop.cart " + i,
					"INFO python.stdout " + i, "WARN python.stderr " + i, "INFO python.pyboot " + i);
		}
	}

	/**
	 * With an asynchronous call each record is one of another thread: nobody could tell.
	 */
	@ParameterizedTest
	@EnumSource(names = { "DIRECT", "DEADLINE" })
	void anAppenderMayCallPythonThatLogs(Way way) {
		AppenderBase<ILoggingEvent> calling = new AppenderBase<>() {

			@Override
			public void doAppend(ILoggingEvent event) { // without the guard of Logback
				append(event);
			}

			@Override
			protected void append(ILoggingEvent event) {
				way.run(LoggingTests.this.pool, PythonRequest.exec("log.info('of the appender')", Map.of()));
			}

		};
		Logger logger = (Logger) LoggerFactory.getLogger("python");
		calling.start();
		logger.addAppender(calling);
		try {
			way.run(this.pool, PythonRequest.exec("log.info('outermost')", Map.of()));
		}
		finally {
			logger.detachAppender(calling);
		}
		assertThat(this.log.lines()).containsExactlyInAnyOrder("INFO python.shop.cart outermost",
				"INFO python.shop.cart of the appender");
	}

	@Test
	void threadsOfPythonLog() {
		exec("""
				import threading
				def work(n):
				    for i in range(50):
				        log.info("%d-%d", n, i)
				threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
				[t.start() for t in threads]
				[t.join() for t in threads]
				""");
		for (int n = 0; n < 4; n++) {
			String prefix = "INFO python.shop.cart " + n + "-";
			List<String> own = this.log.lines().stream().filter((line) -> line.startsWith(prefix)).toList();
			assertThat(own).hasSize(50)
				.isEqualTo(java.util.stream.IntStream.range(0, 50).mapToObj((i) -> prefix + i).toList());
		}
	}

	@Test
	void aRecordThatCannotBeFormattedIsReportedAndNothingElse() {
		exec("log.info('%d', 'no number')");
		assertThat(this.log.lines()).first().isEqualTo("WARN python.stderr --- Logging error ---");
		exec("log.info('next')");
		assertThat(this.log.lines()).last().isEqualTo("INFO python.shop.cart next");
	}

	@Test
	void pybootLogNeedsNoLogging() {
		exec("pyboot.log('one'); pyboot.log('two', 'warning', logger='shop'); pyboot.log('three', 'DEBUG')");
		assertThat(this.log.lines()).containsExactly("INFO python.pyboot one", "WARN python.shop two");
		org.assertj.core.api.Assertions.assertThatExceptionOfType(io.pyboot.PythonCallException.class)
			.isThrownBy(() -> exec("pyboot.log('x', 'LOUD')"))
			.withMessageContaining("there is no level 'LOUD', only TRACE, DEBUG");
	}

}
