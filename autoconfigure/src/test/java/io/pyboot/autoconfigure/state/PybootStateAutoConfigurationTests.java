package io.pyboot.autoconfigure.state;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.PybootJacksonAutoConfiguration;
import io.pyboot.state.InMemoryStateStore;
import io.pyboot.state.PythonSharedState;
import io.pyboot.state.SharedStateFullException;
import io.pyboot.state.SharedStateStore;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PybootStateAutoConfiguration}.
 */
class PybootStateAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(PybootAutoConfiguration.class, PybootJacksonAutoConfiguration.class, PybootStateAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void stateIsKeptInMemoryWithoutAMaximum() {
		this.runner.run((context) -> {
			PythonSharedState state = context.getBean(PythonSharedState.class);
			for (int i = 0; i < 2000; i++) {
				state.set("k" + i, i);
			}
			assertThat(state.increment("k5", 1)).isEqualTo(6);
			assertThat(context.getBean(PythonPools.class).callbacks().contains("pyboot.state")).isTrue();
		});
	}

	@Test
	void maximumIsThatOfTheProperty() {
		this.runner.withPropertyValues("pyboot.state.max-entries=1").run((context) -> {
			PythonSharedState state = context.getBean(PythonSharedState.class);
			state.set("a", 1);
			assertThatExceptionOfType(SharedStateFullException.class).isThrownBy(() -> state.set("b", 1));
		});
	}

	@Test
	void impossibleMaximumNamesTheProperty() {
		this.runner.withPropertyValues("pyboot.state.max-entries=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("pyboot.state.max-entries")
				.hasMessageContaining("at least 1"));
	}

	@Test
	void recordsAreStoredAsDicts() {
		this.runner.run((context) -> {
			PythonSharedState state = context.getBean(PythonSharedState.class);
			state.set("wind", new Wind(5));
			assertThat(state.get("wind")).asString().isEqualTo("{maxWind=5}");
		});
	}

	@Test
	void storeOfTheApplicationIsUsed() {
		SharedStateStore store = mock(SharedStateStore.class);
		this.runner.withBean(SharedStateStore.class, () -> store).run((context) -> {
			assertThat(context).doesNotHaveBean(InMemoryStateStore.class);
			context.getBean(PythonSharedState.class).set("key", 1);
			then(store).should().put(eq("key"), any());
		});
	}

	@Test
	void stateOfTheApplicationIsUsed() {
		PythonSharedState own = mock(PythonSharedState.class);
		this.runner.withBean(PythonSharedState.class, () -> own)
			.run((context) -> assertThat(context).hasSingleBean(PythonSharedState.class)
				.doesNotHaveBean(SharedStateStore.class));
	}

	@Test
	void thereIsNoneWithoutPython() {
		this.runner.withPropertyValues("pyboot.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PythonSharedState.class));
	}

	record Wind(int maxWind) {

	}

}
