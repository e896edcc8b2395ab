package io.pyboot.autoconfigure.callback;

import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.PybootProperties;
import io.pyboot.callable.ApplicationFunctions;
import io.pyboot.callable.PlainCallbackExecutor;
import io.pyboot.callable.PythonCallableRegistrar;
import io.pyboot.callback.CallbackExecutor;
import io.pyboot.template.PythonPoolListener;
import io.pyboot.template.PythonPools;
import io.pyboot.template.ResultConverter;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration of callbacks: the methods annotated with
 * {@link io.pyboot.callable.PythonCallable}, the functions of the application, and what
 * runs callbacks that no thread waits for.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class)
@ConditionalOnBean(PythonPools.class)
public final class PybootCallbackAutoConfiguration {

	PybootCallbackAutoConfiguration() {
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	PythonCallableRegistrar pythonCallableRegistrar(ConfigurableListableBeanFactory beanFactory, PythonPools pools,
			ResultConverter converter) {
		return new PythonCallableRegistrar(beanFactory, pools.callbacks(), converter);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean
	ApplicationFunctions pythonApplicationFunctions(ApplicationContext context, PythonPools pools) {
		return new ApplicationFunctions(context, pools.callbacks());
	}

	@Bean
	@ConditionalOnMissingBean(CallbackExecutor.class)
	PlainCallbackExecutor pythonCallbackExecutor(ListableBeanFactory beanFactory, PybootProperties properties) {
		return new PlainCallbackExecutor(CallbackExecutorSource.find(beanFactory, properties.callbacks().executor()));
	}

	@Bean
	PythonPoolListener pythonCallbackExecutorListener(CallbackExecutor executor) {
		return (pool, runtime) -> pool.setCallbackExecutor(executor);
	}

}
