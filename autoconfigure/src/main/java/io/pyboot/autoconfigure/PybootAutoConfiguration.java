package io.pyboot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.pyboot.callback.CallbackRegistry;
import io.pyboot.install.CacheDirectory;
import io.pyboot.install.PythonSpec;
import io.pyboot.install.ResourceDirectory;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeOptions;
import io.pyboot.template.ArgumentConverter;
import io.pyboot.template.PythonOperations;
import io.pyboot.template.PythonPoolListener;
import io.pyboot.template.PythonPools;
import io.pyboot.template.PythonTemplate;
import io.pyboot.template.ResultConverter;
import io.pyboot.template.StructureMapping;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * Auto-configuration of {@link PythonTemplate}, the pools behind it and their life cycle.
 */
@AutoConfiguration(after = PybootJacksonAutoConfiguration.class,
		afterName = "org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration")
@ConditionalOnClass(PythonRuntime.class)
@ConditionalOnBooleanProperty(name = "pyboot.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PybootProperties.class)
public final class PybootAutoConfiguration {

	PybootAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	RuntimeOptions pythonRuntimeOptions(PybootProperties properties) {
		PybootProperties.Python python = properties.python();
		return new RuntimeOptions(new PythonSpec(ConfiguredPath.of("pyboot.python.executable", python.executable()),
				ConfiguredPath.of("pyboot.python.home", python.home()),
				ConfiguredPath.of("pyboot.python.venv", python.venv()),
				ConfiguredPath.of("pyboot.cache-dir", properties.cacheDir())));
	}

	@Bean
	@ConditionalOnMissingBean
	ArgumentConverter pythonArgumentConverter(ObjectProvider<StructureMapping> structures) {
		return new ArgumentConverter(structures.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	ResultConverter pythonResultConverter(ListableBeanFactory beanFactory,
			ObjectProvider<StructureMapping> structures) {
		return new ResultConverter(StringConversion.service(beanFactory), structures.getIfAvailable());
	}

	/** Results of operations on Python objects that stay in Python. */
	@Bean
	PythonPoolListener pythonObjectResults(ResultConverter resultConverter) {
		return (pool, runtime) -> pool.setResultConversion(resultConverter::convert);
	}

	@Bean
	@ConditionalOnMissingBean
	CallbackRegistry pythonCallbackRegistry() {
		return new CallbackRegistry();
	}

	@Bean
	@ConditionalOnMissingBean
	PythonPools pythonPools(PybootProperties properties, RuntimeOptions options, ResourceLoader resourceLoader,
			ArgumentConverter argumentConverter, ObjectProvider<PythonPoolCustomizer> customizers,
			ObjectProvider<PythonPoolListener> listeners, CallbackRegistry callbacks) {
		List<Path> path = pathResolver(options, resourceLoader).resolve(properties.path());
		return new PythonPools(new PoolOptionsFactory(properties, path, customizers.orderedStream().toList()).create(),
				argumentConverter, listeners.orderedStream().toList(), callbacks);
	}

	private static PythonPathResolver pathResolver(RuntimeOptions options, ResourceLoader resourceLoader) {
		ClassLoader classLoader = resourceLoader.getClassLoader();
		return new PythonPathResolver((classLoader != null) ? classLoader : ClassUtils.getDefaultClassLoader(),
				(root) -> ResourceDirectory.materialize(root, "application",
						CacheDirectory.resolve(options.python().cacheDirectory())));
	}

	@Bean
	@ConditionalOnMissingBean
	PythonLifecycle pythonLifecycle(PybootProperties properties, RuntimeOptions options, PythonPools pools,
			ObjectProvider<LifecycleProperties> lifecycle) {
		Duration phaseTimeout = lifecycle.getIfAvailable(LifecycleProperties::new).getTimeoutPerShutdownPhase();
		return new PythonLifecycle(options, pools, ShutdownTimeout.of(properties.shutdown().timeout(), phaseTimeout));
	}

	@Bean
	@ConditionalOnMissingBean(PythonOperations.class)
	PythonTemplate pythonTemplate(PythonPools pools, ResultConverter resultConverter) {
		return new PythonTemplate(pools, resultConverter);
	}

}
