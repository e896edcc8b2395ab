package io.pyboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.metrics.PythonPoolMeters;
import io.pyboot.metrics.PythonRequestTimers;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link PybootMetricsAutoConfiguration}.
 */
class PybootMetricsAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(PybootAutoConfiguration.class, PybootMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void metersAreBoundToTheRegistry() {
		this.runner.run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("pyboot.contexts").tag("pool", "default").gauge().value()).isEqualTo(2);
			assertThat(registry.get("pyboot.requests").timers()).isNotEmpty();
			assertThat(registry.get("pyboot.runtime.events").tag("event", "contexts.created").functionCounter().count())
				.isEqualTo(2);
			then(this.engine.pool("default")).should().setListener(any());
		});
	}

	@Test
	void noRegistryNoMeters() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(PybootAutoConfiguration.class, PybootMetricsAutoConfiguration.class))
			.run((context) -> {
				assertThat(context).doesNotHaveBean(PythonPoolMeters.class);
				then(this.engine.pool("default")).should(never()).setListener(any());
			});
	}

	@Test
	void timersCanBeReplaced() {
		PythonRequestTimers own = new PythonRequestTimers(new SimpleMeterRegistry());
		this.runner.withBean(PythonRequestTimers.class, () -> own)
			.run((context) -> assertThat(context.getBean(PythonRequestTimers.class)).isSameAs(own));
	}

	@Test
	void micrometerMayBeMissing() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(PybootAutoConfiguration.class, PybootMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PybootMetricsAutoConfiguration.class));
	}

}
