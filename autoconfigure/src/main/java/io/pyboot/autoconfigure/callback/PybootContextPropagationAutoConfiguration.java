package io.pyboot.autoconfigure.callback;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.autoconfigure.PybootProperties;
import io.pyboot.callable.SnapshotCallbackExecutor;
import io.pyboot.callback.CallbackExecutor;
import io.pyboot.template.PythonPools;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of callbacks that carry thread-locals over, by Micrometer's context
 * propagation.
 */
@AutoConfiguration(after = PybootAutoConfiguration.class, before = PybootCallbackAutoConfiguration.class)
@ConditionalOnClass(ContextSnapshotFactory.class)
@ConditionalOnBean(PythonPools.class)
public final class PybootContextPropagationAutoConfiguration {

	PybootContextPropagationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(CallbackExecutor.class)
	SnapshotCallbackExecutor pythonCallbackExecutor(ListableBeanFactory beanFactory, PybootProperties properties) {
		return new SnapshotCallbackExecutor(CallbackExecutorSource.find(beanFactory, properties.callbacks().executor()),
				ContextRegistry.getInstance());
	}

}
