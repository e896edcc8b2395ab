package io.pyboot.autoconfigure.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.template.PythonOperations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PythonSourceWatcher} with a real CPython and real files.
 */
@Tag("engine")
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class PythonSourceWatcherIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/**
	 * Modules of mode main stay in the process, so each test has names of its own: "@" in
	 * a source stands for this.
	 */
	private static final AtomicInteger TESTS = new AtomicInteger();

	private final String prefix = "watch" + TESTS.incrementAndGet() + "_";

	@TempDir
	private Path directory;

	@Test
	void editedFileIsPickedUpInEveryContextOfEveryPool() throws IOException {
		write("@prices.py", "RATE = 1");
		write("@shop.py", "from @prices import RATE\ndef total(): return RATE * 10");
		run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			assertEverywhere(python, 10L);
			assertEverywhere(python.pool("other"), 10L);
			write("@prices.py", "RATE = 2");
			assertEverywhere(python, 20L);
			assertEverywhere(python.pool("other"), 20L);
		});
	}

	@Test
	void failureIsLoggedAndTheCorrectionOfAnotherFileIsEnough(CapturedOutput output) throws IOException {
		write("@prices.py", "RATE = 1");
		write("@shop.py", "from @prices import RATE\ndef total(): return RATE * 10");
		run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			assertEverywhere(python, 10L);
			write("@prices.py", "TAX = 3");
			await().atMost(PATIENCE)
				.until(output::getOut, (out) -> out.contains(named("'@prices' was not reloaded in pool 'default'"))
						&& out.contains(named("@shop.py:1")) && out.contains("ImportError: cannot import name 'RATE'"));
			assertEverywhere(python, 10L);
			write("@shop.py", "from @prices import TAX\ndef total(): return TAX * 10");
			assertEverywhere(python, 30L);
		});
	}

	@Test
	void fileThatAnEditorReplacesInANewFolderIsPickedUp() throws IOException {
		run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			Files.createDirectories(file("@late"));
			write("@late/__init__.py", "");
			write("@late/inner.py", "def f(): return 1");
			assertThat(python.call(named("@late.inner:f"))).isEqualTo(1L);
			await().atMost(PATIENCE).untilAsserted(() -> {
				// Rewritten until the watch has found the folder.
				write("@new.py", "def f(): return 2");
				Files.move(file("@new.py"), file("@late/inner.py"), StandardCopyOption.ATOMIC_MOVE);
				assertThat(python.call(named("@late.inner:f"))).isEqualTo(2L);
			});
		});
	}

	@Test
	void deletedFileIsLoggedAndItsModuleStays(CapturedOutput output) throws IOException {
		write("@prices.py", "def rate(): return 1");
		run((context) -> {
			PythonOperations python = context.getBean(PythonOperations.class);
			assertThat(python.call(named("@prices:rate"))).isEqualTo(1L);
			Files.delete(file("@prices.py"));
			await().atMost(PATIENCE).until(output::getOut, (out) -> out.contains("prices.py was deleted"));
			assertThat(python.call(named("@prices:rate"))).isEqualTo(1L);
		});
	}

	private void run(ContextConsumer<AssertableApplicationContext> test) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootReloadAutoConfiguration.class,
					LifecycleAutoConfiguration.class))
			.withPropertyValues("pyboot.reload.watch=true", "pyboot.reload.quiet-period=50ms", "pyboot.pool.size=2",
					"pyboot.pools.other.mode=main", "pyboot.path=" + this.directory,
					"pyboot.python.executable=" + System.getProperty("pyboot.test.python", ""))
			.run(test);
	}

	private void assertEverywhere(PythonOperations python, long expected) {
		for (int i = 0; i < 2; i++) {
			int context = i;
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(python.function(named("@shop:total")).context(context).call())
					.isEqualTo(expected));
		}
	}

	private void write(String file, String source) throws IOException {
		Files.writeString(file(file), named(source));
	}

	private Path file(String name) {
		return this.directory.resolve(named(name));
	}

	private String named(String text) {
		return text.replace("@", this.prefix);
	}

}
