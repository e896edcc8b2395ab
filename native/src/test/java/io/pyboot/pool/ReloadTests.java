package io.pyboot.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.pyboot.PythonCallException;
import io.pyboot.PythonReloadException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.pool.ReloadReport.ContextReload;
import io.pyboot.runtime.PythonRuntime;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * How edited modules get into the contexts of a pool, in each mode.
 */
@Tag("engine")
@Timeout(120)
@ParameterizedClass
@EnumSource(value = PythonMode.class, names = { "SUBINTERPRETER", "MAIN" })
class ReloadTests {

	private static final int SIZE = 3;

	/**
	 * Modules of mode main stay in the process, so each test has names of its own: "@" in
	 * a source stands for this.
	 */
	private static final AtomicLong TESTS = new AtomicLong();

	private final String prefix = "reload" + TESTS.incrementAndGet() + "_";

	private final PythonMode mode;

	@TempDir
	private Path folder;

	private PythonRuntime runtime;

	private PythonPool pool;

	ReloadTests(PythonMode mode) {
		this.mode = mode;
	}

	@BeforeEach
	void openPool() {
		this.runtime = Engine.start();
		assumeTrue(this.mode == PythonMode.MAIN || !this.runtime.isFreeThreaded(), "subinterpreters have a GIL");
		this.pool = PythonPool.open(this.runtime,
				PoolOptions.named("reload").withMode(this.mode).withSize(SIZE).withPath(List.of(this.folder)));
	}

	@AfterEach
	void closePool() {
		if (this.pool != null) {
			this.pool.close();
			PoolTestBase.assertBalanced(this.pool);
		}
		this.runtime.release();
	}

	@Test
	void editedModuleIsOldUntilItIsReloadedEverywhere() {
		write("prices", "def f(): return 'old'");
		assertEverywhere("@prices:f", "old");
		write("prices", "def f(): return 'new'");
		assertEverywhere("@prices:f", "old");
		ReloadReport report = reload("prices");
		assertEverywhere("@prices:f", "new");
		assertThat(report.pool()).isEqualTo("reload");
		assertThat(report.modules()).containsExactly(named("@prices"));
		assertThat(report.contexts()).extracting(ContextReload::context).containsExactly(0, 1, 2);
		assertThat(report.contexts()).extracting(ContextReload::pending).containsOnlyNulls();
	}

	@Test
	void moduleRunsOncePerInterpreter() {
		write("log", "lines = []");
		write("counted", "import @log\n@log.lines.append(1)\ndef f(): return len(@log.lines)");
		assertEverywhere("@counted:f", 1L);
		reload("counted");
		assertEverywhere("@counted:f", 2L);
	}

	@Test
	void sourceOfTheSameSecondAndSizeIsNotTakenForThatOfThePyc() throws IOException {
		FileTime time = FileTime.from(Instant.ofEpochSecond(1_700_000_000));
		write("same", "def f(): return 1");
		Files.setLastModifiedTime(file("same"), time);
		assertEverywhere("@same:f", 1L);
		write("same", "def f(): return 2");
		Files.setLastModifiedTime(file("same"), time);
		reload("same");
		assertEverywhere("@same:f", 2L);
		this.pool.restart(0);
		assertEverywhere("@same:f", 2L);
	}

	@Test
	void importersAreReloadedAfterWhatTheyImport() {
		write("helper", "RATE = 1\ndef f(): return RATE");
		write("middle", "from @helper import f\nBASE = f() * 10");
		write("top", "from @middle import BASE\ndef g(): return BASE");
		write("aside", "runs = 0\ndef h():\n    global runs\n    runs += 1\n    from @helper import f\n    return f()");
		assertEverywhere("@top:g", 10L);
		assertEverywhere("@aside:h", 1L);
		write("helper", "RATE = 2\ndef f(): return RATE");
		assertThat(reload("helper").modules()).containsExactly(named("@helper"), named("@middle"), named("@top"));
		assertEverywhere("@top:g", 20L);
		assertEverywhere("@aside:h", 2L);
	}

	@Test
	void packagesWithRelativeImportsAndCyclesAreReloaded() throws IOException {
		Files.createDirectories(file("pack").resolveSibling(named("@pack")));
		write("pack/__init__", "from .left import value\nfrom . import other");
		write("pack/left", "from . import right\nBASE = 1\ndef value(): return right.twice()");
		write("pack/right", "from . import left\ndef twice(): return left.BASE * 2");
		write("pack/other", "import itertools\ncount = itertools.count()\ndef tick(): return next(count)");
		write("user", "import @pack.other\ndef tick(): return @pack.other.tick()");
		assertEverywhere("@pack:value", 2L);
		write("pack/left", "from . import right\nBASE = 5\ndef value(): return right.twice()");
		assertThat(reload("pack.left").modules()).contains(named("@pack.left"), named("@pack.right"), named("@pack"))
			.doesNotContain(named("@pack.other"));
		assertEverywhere("@pack:value", 10L);
		assertEverywhere("@pack.left:value", 10L);
		assertThat(this.pool.invoke(Engine.call(named("@user:tick")), Engine.NONE)).isNotNull();
	}

	@Test
	void moduleOfANamespacePackageIsReloadedForThoseWhoImportItFromThere() throws IOException {
		Files.createDirectories(file("space").resolveSibling(named("@space")));
		write("space/inner", "def f(): return 'old'");
		write("outer", "from @space import inner\nNAME = inner.f()\ndef f(): return NAME + inner.f()");
		assertEverywhere("@outer:f", "oldold");
		write("space/inner", "def f(): return 'new'");
		reload("space.inner");
		assertEverywhere("@outer:f", "newnew");
		assertFails("space").withMessageContaining("__init__.py");
	}

	@Test
	void classIsReplacedWithItsMethods() {
		write("shape", "class Square:\n    @staticmethod\n    def area(x): return x * x");
		write("sub", "from @shape import Square\nclass Cube(Square): pass");
		assertEverywhere("@shape:Square.area", 9L, 3);
		assertEverywhere("@sub:Cube.area", 9L, 3);
		write("shape", "class Square:\n    @staticmethod\n    def area(x): return x + x");
		reload("shape");
		assertEverywhere("@shape:Square.area", 6L, 3);
		assertEverywhere("@sub:Cube.area", 6L, 3);
	}

	@Test
	void functionThatTheNewSourceLacksIsGone() {
		write("going", "def gone(): return 1\ndef stays(): return 2");
		assertEverywhere("@going:gone", 1L);
		write("going", "def stays(): return 3");
		reload("going");
		for (int i = 0; i < SIZE; i++) {
			RequestOptions there = Engine.NONE.withContextIndex(i);
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.pool.invoke(Engine.call(named("@going:gone")), there))
				.withMessageStartingWith("AttributeError")
				.withMessageContaining("has no function 'gone'");
		}
		assertEverywhere("@going:stays", 3L);
		write("going", "def gone(): return 4");
		reload("going");
		assertEverywhere("@going:gone", 4L);
	}

	@Test
	void moduleThatWasTakenOutAndImportedAgainIsFoundAnewAfterAReload() {
		write("twice", "def f(): return 1");
		assertEverywhere("@twice:f", 1L);
		for (int i = 0; i < SIZE; i++) { // in turn: an import in one context must not see
											// another take it out
			this.pool.invoke(
					PythonRequest.exec(named("import sys; sys.modules.pop('@twice', None); import @twice"), Map.of()),
					Engine.NONE.withContextIndex(i));
		}
		write("twice", "def f(): return 2");
		reload("twice");
		assertEverywhere("@twice:f", 2L);
	}

	@Test
	void sourceThatDoesNotCompileChangesNothing() {
		write("base", "def f(): return 'old'");
		write("user", "from @base import f");
		assertEverywhere("@user:f", "old");
		write("base", "def f(): return 'new'\n\ndef broken(:\n");
		PythonReloadException failure = failure("base");
		assertThat(failure.getModule()).isEqualTo(named("@base"));
		assertThat(failure.getFile()).isEqualTo(file("base").toString());
		assertThat(failure.getLine()).isEqualTo(3);
		assertThat(failure.getFailures()).containsKey(0);
		assertThat(failure).hasMessageContaining(named("@base")).hasMessageContaining("SyntaxError");
		assertEverywhere("@user:f", "old");
		assertEverywhere("@base:f", "old");
		write("base", "def f(): return 'newer'");
		reload("base");
		assertEverywhere("@user:f", "newer");
	}

	@Test
	void importerThatFailsKeepsTheOldCodeOfAll() {
		write("base", "def f(): return 'old'");
		write("user", "from @base import f\n\ndef g(): return f()");
		assertEverywhere("@user:g", "old");
		write("base", "def h(): return 'new'");
		PythonReloadException failure = failure("base");
		assertThat(failure.getModule()).isEqualTo(named("@user"));
		assertThat(failure.getLine()).isEqualTo(1);
		assertThat(failure).hasMessageContaining("ImportError").hasCauseInstanceOf(PythonCallException.class);
		assertEverywhere("@user:g", "old");
		assertEverywhere("@base:f", "old");
	}

	@Test
	void failureInOneContextKeepsTheOldCodeInAll() {
		assumeTrue(this.mode == PythonMode.SUBINTERPRETER, "contexts of mode main share their modules");
		write("picky", "def f(): return 'old'");
		assertEverywhere("@picky:f", "old");
		write("picky", """
				import pyboot
				if pyboot.context().index == 1:
				    raise RuntimeError('not here')
				def f(): return 'new'
				""");
		PythonReloadException failure = failure("picky");
		assertThat(failure.getFailures()).containsOnlyKeys(1);
		assertThat(failure.getLine()).isEqualTo(3);
		assertEverywhere("@picky:f", "old");
	}

	@Test
	void moduleThatWasFirstImportedByCodeThatFailedIsForgottenWithIt() {
		write("base", "def f(): return 'old'");
		assertEverywhere("@base:f", "old");
		write("extra", "from @base import f\ndef e(): return f()");
		write("base", "def f(): return 'new'\nimport @extra\nraise ValueError('no')");
		failure("base");
		assertEverywhere("@base:f", "old");
		assertEverywhere("@extra:e", "old");
	}

	@Test
	void namespaceSeesANewModuleUnderItsNameAndKeepsWhatItTookOut() {
		write("seen", "def f(): return 'old'");
		this.pool.broadcast(PythonRequest.exec(named("import @seen as seen\nfrom @seen import f\nmine = 1"), Map.of()),
				Engine.NONE);
		try (PythonSession session = this.pool.openSession(Engine.NONE.withContextIndex(1))) {
			session.invoke(PythonRequest.exec(named("import @seen as seen\nmine = 2"), Map.of()), Engine.NONE);
			write("seen", "def f(): return 'new'");
			reload("seen");
			for (int i = 0; i < SIZE; i++) {
				assertThat(this.pool.invoke(PythonRequest.eval("[seen.f(), f(), mine]", Map.of()),
						Engine.NONE.withContextIndex(i)))
					.isEqualTo(List.of("new", "old", 1L));
			}
			assertThat(session.invoke(PythonRequest.eval("[seen.f(), mine]", Map.of()), Engine.NONE))
				.isEqualTo(List.of("new", 2L));
			assertThat(session.invoke(Engine.call("seen.f"), Engine.NONE)).isEqualTo("new");
		}
	}

	@Test
	void moduleThatIsNotImportedHasNothingToReload() {
		write("unused", "def f(): return 1");
		assertThat(reload("unused").modules()).isEmpty();
		assertThat(reload("nowhere").modules()).isEmpty();
		assertEverywhere("@unused:f", 1L);
	}

	@Test
	void whatCannotBeReloadedIsNamed() {
		this.pool.broadcast(PythonRequest.exec("import json, _json, pyboot", Map.of()), Engine.NONE);
		for (String name : List.of("json", "sys", "_json", "pyboot", "__main__")) {
			assertThatExceptionOfType(PythonReloadException.class).as(name)
				.isThrownBy(() -> this.pool.reload(List.of(name), Engine.NONE))
				.withMessageContaining(name)
				.withMessageContaining("ImportError");
		}
	}

	@Test
	void deletedSourceIsNamedAndTheModuleStays() throws IOException {
		write("lost", "def f(): return 1");
		assertEverywhere("@lost:f", 1L);
		Files.delete(file("lost"));
		assertFails("lost").withMessageContaining("is gone");
		assertEverywhere("@lost:f", 1L);
	}

	@Test
	void noCallFailsOrSeesHalfAModuleWhileItIsReloaded() {
		write("busy", source(0));
		write("rates", "def rate(): return 0");
		assertEverywhere("@busy:f", "0-0-0");
		AtomicBoolean stop = new AtomicBoolean();
		AtomicLong calls = new AtomicLong();
		List<CompletableFuture<Void>> callers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			callers.add(CompletableFuture.runAsync(() -> {
				while (!stop.get()) {
					String[] parts = ((String) this.pool.invoke(Engine.call(named("@busy:f")), Engine.NONE)).split("-");
					assertThat(parts).containsOnly(parts[0]);
					calls.incrementAndGet();
				}
			}, (task) -> new Thread(task).start()));
		}
		for (int version = 1; version <= 30; version++) {
			long before = calls.get();
			write("busy", source(version));
			reload("busy");
			assertEverywhere("@busy:f", "%d-%d-%d".formatted(version, version, version));
			await().until(() -> calls.get() > before || callers.stream().anyMatch(CompletableFuture::isDone));
		}
		stop.set(true);
		callers.forEach(CompletableFuture::join);
		assertThat(calls.get()).isPositive();
	}

	@Test
	void noCallFailsOrSeesNewCodeWhileAReloadFails() {
		write("base", "def f(): return 'old'");
		write("lazy", "def g():\n    import @base\n    from @base import f\n    return f() + @base.f()");
		write("fresh", "from @base import f\ndef h(): return f()");
		assertEverywhere("@lazy:g", "oldold");
		write("base", "import time\ndef f(): return 'new'\ntime.sleep(0.2)\ndel f\ntime.sleep(0.2)\nraise OSError");
		CompletableFuture<PythonReloadException> reload = CompletableFuture.supplyAsync(() -> failure("base"));
		AtomicLong calls = new AtomicLong();
		while (!reload.isDone() || calls.get() == 0) {
			assertThat(this.pool.invoke(Engine.call(named("@lazy:g")), Engine.NONE)).isEqualTo("oldold");
			assertThat(this.pool.invoke(Engine.call(named("@fresh:h")), Engine.NONE)).isEqualTo("old");
			calls.incrementAndGet();
		}
		assertThat(reload.join().getLine()).isEqualTo(6);
		assertEverywhere("@lazy:g", "oldold");
		assertEverywhere("@fresh:h", "old");
	}

	/** Takes a while, in which the GIL is given up, between its definitions. */
	private static String source(int version) {
		return """
				import time
				FIRST = %d
				time.sleep(0.01)
				def second(): return %d
				time.sleep(0.01)
				def f():
				    one = FIRST
				    time.sleep(0.0001)
				    return f'{one}-{second()}-{THIRD}'
				THIRD = %d
				""".formatted(version, version, version);
	}

	@Test
	void contextThatIsBusyPastTheDeadlineKeepsAllOnTheOldCode() {
		assumeTrue(this.mode == PythonMode.SUBINTERPRETER, "contexts of mode main share their modules");
		write("late", "def f(): return 'old'");
		assertEverywhere("@late:f", "old");
		reload("late"); // the first one imports what it needs
		this.pool.broadcast(PythonRequest.exec("import time\nhold = True", Map.of()), Engine.NONE);
		CompletableFuture<?> busy = this.pool.submit(PythonRequest.exec("while hold: time.sleep(0.01)", Map.of()),
				Engine.NONE.withContextIndex(2));
		write("late", "def f(): return 'new'");
		assertThatExceptionOfType(PythonReloadException.class)
			.isThrownBy(() -> this.pool.reload(List.of(named("@late")), Engine.NONE.withTimeout(Duration.ofSeconds(1))))
			.withCauseInstanceOf(PythonTimeoutException.class)
			.satisfies((failure) -> assertThat(failure.getFailures()).containsOnlyKeys(2));
		busy.cancel(true);
		assertEverywhere("@late:f", "old");
		reload("late");
		assertEverywhere("@late:f", "new");
	}

	private ReloadReport reload(String module) {
		return this.pool.reload(List.of(this.prefix + module), Engine.NONE);
	}

	private ThrowableAssertAlternative<PythonReloadException> assertFails(String module) {
		return assertThatExceptionOfType(PythonReloadException.class).isThrownBy(() -> reload(module));
	}

	private PythonReloadException failure(String module) {
		return catchThrowableOfType(PythonReloadException.class, () -> reload(module));
	}

	/** Calls the function in each context, on both ways. */
	private void assertEverywhere(String function, Object expected, Object... arguments) {
		PythonRequest request = Engine.call(named(function), arguments);
		for (int i = 0; i < SIZE; i++) {
			RequestOptions there = Engine.NONE.withContextIndex(i);
			assertThat(this.pool.invoke(request, there)).as("context %d", i).isEqualTo(expected);
			assertThat(this.pool.submit(request, there).join()).as("context %d", i).isEqualTo(expected);
		}
	}

	private String named(String text) {
		return text.replaceAll("@(?=\\w)(?!staticmethod)", this.prefix);
	}

	private Path file(String module) {
		return this.folder.resolve(this.prefix + module + ".py");
	}

	private void write(String module, String source) {
		try {
			Files.writeString(file(module), named(source));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
