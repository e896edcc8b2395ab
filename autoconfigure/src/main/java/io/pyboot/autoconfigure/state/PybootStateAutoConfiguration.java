package io.pyboot.autoconfigure.state;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.state.InMemoryStateStore;
import io.pyboot.state.PythonSharedState;
import io.pyboot.state.SharedStateCallbacks;
import io.pyboot.state.SharedStateStore;
import io.pyboot.state.StoredSharedState;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonPools;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of {@link PythonSharedState}. It keeps its values in memory; a
 * {@link SharedStateStore} bean keeps them elsewhere.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@ConditionalOnBean(PythonPools.class)
@EnableConfigurationProperties(SharedStateProperties.class)
public final class PybootStateAutoConfiguration {

	PybootStateAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean({ SharedStateStore.class, PythonSharedState.class })
	InMemoryStateStore pythonSharedStateStore(SharedStateProperties properties) {
		Integer maxEntries = properties.maxEntries();
		return (maxEntries != null) ? bounded(maxEntries) : new InMemoryStateStore();
	}

	private static InMemoryStateStore bounded(int maxEntries) {
		try {
			return new InMemoryStateStore(maxEntries);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("pyboot.state.max-entries", maxEntries,
					ex.getMessage());
		}
	}

	@Bean
	@ConditionalOnMissingBean(PythonSharedState.class)
	StoredSharedState pythonSharedState(SharedStateStore store, @Nullable ArgumentConverter converter) {
		return new StoredSharedState(store, converter);
	}

	/** Before the pools open: modules that they preload may use the state. */
	@Bean
	SmartInitializingSingleton pythonSharedStateRegistrar(PythonPools pools, PythonSharedState state) {
		return () -> SharedStateCallbacks.register(pools.callbacks(), state);
	}

}
