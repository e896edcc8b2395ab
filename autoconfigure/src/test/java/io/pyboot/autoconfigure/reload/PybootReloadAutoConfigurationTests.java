package io.pyboot.autoconfigure.reload;

import java.nio.file.Files;
import java.nio.file.Path;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.testing.MockedEngine;
import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PybootReloadAutoConfiguration}.
 */
class PybootReloadAutoConfigurationTests {

	@TempDir
	private Path directory;

	private final MockedEngine engine = new MockedEngine();

	private ApplicationContextRunner runner;

	@BeforeEach
	void makeRunner() throws Exception {
		Path code = Files.createDirectory(this.directory.resolve("code"));
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootReloadAutoConfiguration.class,
					LifecycleAutoConfiguration.class))
			.withPropertyValues("pyboot.path=" + code, "pyboot.cache-dir=" + this.directory.resolve("cache"));
	}

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void nothingIsWatchedByDefault() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(PythonSourceWatcher.class));
	}

	@Test
	void propertyTurnsTheWatchOn() {
		this.runner.withPropertyValues("pyboot.reload.watch=true")
			.run((context) -> assertThat(context.getBean(PythonSourceWatcher.class).isRunning()).isTrue());
	}

	@Test
	void devtoolsTurnTheWatchOn() {
		this.runner.withClassLoader(new WithDevtools())
			.run((context) -> assertThat(context).hasSingleBean(PythonSourceWatcher.class));
	}

	@Test
	void propertyTurnsTheWatchOffUnderDevtools() {
		this.runner.withClassLoader(new WithDevtools())
			.withPropertyValues("pyboot.reload.watch=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonSourceWatcher.class));
	}

	@Test
	void nothingIsWatchedWithoutPython() {
		this.runner.withPropertyValues("pyboot.reload.watch=true", "pyboot.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PythonSourceWatcher.class));
	}

	@Test
	void watchStopsAndStartsWithTheContext() {
		this.runner.withPropertyValues("pyboot.reload.watch=true").run((context) -> {
			ConfigurableApplicationContext source = context
				.getSourceApplicationContext(ConfigurableApplicationContext.class);
			PythonSourceWatcher watcher = context.getBean(PythonSourceWatcher.class);
			source.stop();
			assertThat(watcher.isRunning()).isFalse();
			source.start();
			assertThat(watcher.isRunning()).isTrue();
		});
	}

	@Test
	void whatWasUnpackedFromJarsIsNotWatched() throws Exception {
		Path unpacked = Files.createDirectories(this.directory.resolve("cache").resolve("application-1"));
		this.runner.withPropertyValues("pyboot.reload.watch=true", "pyboot.path=" + unpacked)
			.run((context) -> assertThat(context.getBean(PythonSourceWatcher.class).isRunning()).isFalse());
	}

	/** As if spring-boot-devtools were on the class path. */
	private static final class WithDevtools extends ClassLoader {

		WithDevtools() {
			super(PybootReloadAutoConfigurationTests.class.getClassLoader());
		}

		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			if (!name.equals("org.springframework.boot.devtools.restart.Restarter")) {
				throw new ClassNotFoundException(name);
			}
			byte[] bytes = new ByteBuddy().subclass(Object.class).name(name).make().getBytes();
			return defineClass(name, bytes, 0, bytes.length);
		}

	}

}
