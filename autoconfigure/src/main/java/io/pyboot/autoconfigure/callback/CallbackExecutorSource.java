package io.pyboot.autoconfigure.callback;

import java.util.Arrays;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;

/**
 * Finds what runs the callbacks that no Java thread waits for.
 */
final class CallbackExecutorSource {

	static final String PROPERTY = "pyboot.callbacks.executor";

	/** The name of Boot's own. */
	private static final String APPLICATION = "applicationTaskExecutor";

	private CallbackExecutorSource() {
	}

	/**
	 * The bean that is configured; else Boot's; else the only one there is; else threads
	 * of their own.
	 * @throws InvalidConfigurationPropertyValueException if what is configured is no
	 * executor or runs tasks on the thread that hands them over
	 */
	static Executor find(ListableBeanFactory beanFactory, @Nullable String configured) {
		if (configured != null && !configured.isBlank()) {
			return configured(beanFactory, configured);
		}
		if (beanFactory.containsBean(APPLICATION) && beanFactory.isTypeMatch(APPLICATION, Executor.class)) {
			return beanFactory.getBean(APPLICATION, Executor.class);
		}
		AsyncTaskExecutor only = beanFactory.getBeanProvider(AsyncTaskExecutor.class).getIfUnique();
		return (only != null) ? only : new SimpleAsyncTaskExecutor("pyboot-callback-");
	}

	private static Executor configured(ListableBeanFactory beanFactory, String name) {
		if (!beanFactory.containsBean(name) || !beanFactory.isTypeMatch(name, Executor.class)) {
			throw new InvalidConfigurationPropertyValueException(PROPERTY, name,
					"there is no java.util.concurrent.Executor bean of this name; there are: "
							+ Arrays.toString(beanFactory.getBeanNamesForType(Executor.class)));
		}
		Executor executor = beanFactory.getBean(name, Executor.class);
		if (executor instanceof SyncTaskExecutor) {
			throw new InvalidConfigurationPropertyValueException(PROPERTY, name,
					"it runs tasks on the thread that hands them over, which must not wait");
		}
		return executor;
	}

}
