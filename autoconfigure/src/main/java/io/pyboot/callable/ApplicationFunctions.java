package io.pyboot.callable;

import java.util.Arrays;
import java.util.List;

import io.pyboot.callback.CallbackRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationContext;

/**
 * What stands behind {@code pyboot.publish}, {@code pyboot.environment} and
 * {@code pyboot.bean_names}, which pyboot/_application.py calls.
 */
public final class ApplicationFunctions implements SmartInitializingSingleton {

	private final ApplicationContext context;

	private final CallbackRegistry registry;

	/**
	 * @param context the application that Python code sees
	 * @param registry where to register
	 */
	public ApplicationFunctions(ApplicationContext context, CallbackRegistry registry) {
		this.context = context;
		this.registry = registry;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.registerInternal("pyboot.publish", (arguments, keywords) -> publish(arguments));
		this.registry.registerInternal("pyboot.environment",
				(arguments, keywords) -> this.context.getEnvironment().getProperty((String) value(arguments)));
		this.registry.registerInternal("pyboot.bean_names", (arguments, keywords) -> beanNames());
	}

	/** The payload, the name of the pool and the index of the context. */
	private @Nullable Object publish(List<@Nullable Object> arguments) {
		String pool = (String) arguments.get(1);
		Number index = (Number) arguments.get(2);
		this.context.publishEvent(
				new PythonEvent(this.context, arguments.get(0), pool, (index != null) ? index.intValue() : -1));
		return null;
	}

	private static Object value(List<@Nullable Object> arguments) {
		Object value = arguments.get(0);
		if (value == null) {
			throw new IllegalArgumentException("None is no name of a property");
		}
		return value;
	}

	private List<String> beanNames() {
		String[] names = this.context.getBeanDefinitionNames();
		Arrays.sort(names);
		return List.of(names);
	}

}
