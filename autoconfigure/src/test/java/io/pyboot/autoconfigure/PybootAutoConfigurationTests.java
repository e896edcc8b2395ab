package io.pyboot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonPreloadException;
import io.pyboot.pool.PoolOptions;
import io.pyboot.runtime.RuntimeOptions;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.JacksonStructureMapping;
import io.pyboot.template.PythonOperations;
import io.pyboot.template.PythonPoolListener;
import io.pyboot.template.PythonPools;
import io.pyboot.template.PythonTemplate;
import io.pyboot.template.ResultConverter;
import io.pyboot.template.StructureMapping;
import io.pyboot.testing.MockedEngine;
import jakarta.annotation.PostConstruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PybootAutoConfiguration} and {@link PybootJacksonAutoConfiguration}.
 */
class PybootAutoConfigurationTests {

	@TempDir
	private Path directory;

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(PybootAutoConfiguration.class, PybootJacksonAutoConfiguration.class, LifecycleAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void templateServesWhileTheContextRuns() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(PythonTemplate.class).hasSingleBean(PythonOperations.class);
			given(this.engine.pool("default").invoke(any(), any())).willReturn(3.0);
			assertThat(context.getBean(PythonOperations.class).call("math:sqrt", 9)).isEqualTo(3.0);
		});
		then(this.engine.getRuntime()).should().release();
	}

	@Test
	void disabledPythonHasNoBeans() {
		this.runner.withPropertyValues("pyboot.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonOperations.class)
				.doesNotHaveBean(PythonPools.class)
				.doesNotHaveBean(PythonLifecycle.class));
	}

	@Test
	void pythonIsTakenFromTheProperties() {
		this.runner
			.withPropertyValues("pyboot.python.executable=/opt/bin/python3", "pyboot.python.home=",
					"pyboot.cache-dir=/var/cache/pyboot")
			.run((context) -> {
				RuntimeOptions options = context.getBean(RuntimeOptions.class);
				assertThat(options.python().executable()).isEqualTo(Path.of("/opt/bin/python3"));
				assertThat(options.python().home()).isNull();
				assertThat(options.python().venv()).isNull();
				assertThat(options.python().cacheDirectory()).isEqualTo(Path.of("/var/cache/pyboot"));
			});
	}

	@Test
	void poolsAreOpenedAsConfiguredAndCustomized() throws Exception {
		Path code = Files.createDirectory(this.directory.resolve("code"));
		PythonPoolCustomizer customizer = (options) -> options.withMaxWaiting(9);
		this.runner.withBean(PythonPoolCustomizer.class, () -> customizer)
			.withPropertyValues("pyboot.pool.size=2", "pyboot.pools.heavy.size=1", "pyboot.path=" + code)
			.run((context) -> {
				PoolOptions heavy = this.engine.pool("heavy").options();
				assertThat(heavy.size()).isEqualTo(1);
				assertThat(heavy.maxWaiting()).isEqualTo(9);
				assertThat(heavy.path()).containsExactly(code);
				assertThat(this.engine.pool("default").options().size()).isEqualTo(2);
			});
	}

	@Test
	void everyBeanCanBeReplaced() {
		this.runner.withUserConfiguration(OwnBeans.class).run((context) -> {
			OwnBeans own = context.getBean(OwnBeans.class);
			assertThat(context).hasSingleBean(PythonOperations.class).doesNotHaveBean(PythonTemplate.class);
			assertThat(context.getBean(ResultConverter.class)).isSameAs(own.resultConverter);
			assertThat(context.getBean(ArgumentConverter.class)).isSameAs(own.argumentConverter);
			assertThat(context.getBean(StructureMapping.class)).isSameAs(own.structures);
			assertThat(context.getBean(PythonPools.class)).isSameAs(own.pools);
			assertThat(context).hasSingleBean(PythonLifecycle.class);
		});
	}

	@Test
	void listenersAreToldOfThePools() {
		PythonPoolListener listener = mock(PythonPoolListener.class);
		this.runner.withBean(PythonPoolListener.class, () -> listener)
			.run((context) -> then(listener).should().opened(this.engine.pool("default"), this.engine.getRuntime()));
	}

	@Test
	void recordsAreMappedByTheMapperOfTheApplication() {
		this.runner
			.withBean(JsonMapper.class,
					() -> JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build())
			.run((context) -> {
				given(this.engine.pool("default").invoke(any(), any())).willReturn(Map.of("max_wind", 5L));
				assertThat(context.getBean(PythonOperations.class).call("m:f", Wind.class)).isEqualTo(new Wind(5));
			});
	}

	@Test
	void jacksonMayBeMissing() {
		this.runner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
			.run((context) -> assertThat(context).hasSingleBean(PythonTemplate.class)
				.doesNotHaveBean(JacksonStructureMapping.class));
	}

	@Test
	void failedPreloadFailsTheContextAndLeavesNothing() {
		PythonPreloadException failure = new PythonPreloadException("x", "heavy", new IllegalStateException("no x"));
		this.engine.failOpening("heavy", failure);
		this.runner.withPropertyValues("pyboot.pools.heavy.size=1")
			.run((context) -> assertThat(context).getFailure().hasRootCauseMessage("no x"));
		then(this.engine.pool("default")).should().close(any());
		then(this.engine.getRuntime()).should().release();
	}

	@Test
	void missingConfiguredPathFailsTheContextAndNamesIt() {
		this.runner.withPropertyValues("pyboot.path=classpath:nowhere/")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("pyboot.path")
				.hasMessageContaining("classpath:nowhere/"));
	}

	@Test
	void callBeforeTheStartSaysThatPythonDoesNotRun() {
		this.runner.withUserConfiguration(CallsTooEarly.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(PythonNotRunningException.class)
				.hasMessageContaining("UNINIT"));
	}

	@Test
	void stoppedContextCanBeStartedAgain() {
		this.runner.run((context) -> {
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).stop();
			assertThat(context.getBean(PythonLifecycle.class).isRunning()).isFalse();
			context.getSourceApplicationContext(ConfigurableApplicationContext.class).start();
			assertThat(context.getBean(PythonPools.class).running()).hasSize(1);
		});
	}

	record Wind(int maxWind) {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		final ResultConverter resultConverter = mock(ResultConverter.class);

		final ArgumentConverter argumentConverter = mock(ArgumentConverter.class);

		final StructureMapping structures = mock(StructureMapping.class);

		final PythonPools pools = new PythonPools(List.of(PoolOptions.named("default")), this.argumentConverter,
				List.of());

		@Bean
		ResultConverter resultConverter() {
			return this.resultConverter;
		}

		@Bean
		ArgumentConverter argumentConverter() {
			return this.argumentConverter;
		}

		@Bean
		StructureMapping structures() {
			return this.structures;
		}

		@Bean
		PythonPools pools() {
			return this.pools;
		}

		@Bean
		PythonOperations operations() {
			return mock(PythonOperations.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CallsTooEarly {

		@Autowired
		private PythonOperations python;

		@PostConstruct
		void call() {
			this.python.call("math:sqrt", 9);
		}

	}

}
