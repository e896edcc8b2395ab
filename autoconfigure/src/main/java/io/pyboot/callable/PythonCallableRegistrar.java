package io.pyboot.callable;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.pyboot.callback.CallbackRegistry;
import io.pyboot.template.ResultConverter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Registers the methods of beans that are annotated with {@link PythonCallable}, when the
 * singletons are made and before Python starts, so that preloaded modules find them.
 */
public final class PythonCallableRegistrar implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(PythonCallableRegistrar.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final CallbackRegistry registry;

	private final ResultConverter converter;

	/**
	 * @param beanFactory whose beans to look at; not those of its parents
	 * @param registry where to register
	 * @param converter converts arguments
	 */
	public PythonCallableRegistrar(ConfigurableListableBeanFactory beanFactory, CallbackRegistry registry,
			ResultConverter converter) {
		this.beanFactory = beanFactory;
		this.registry = registry;
		this.converter = converter;
	}

	/**
	 * @throws InvalidPythonCallableException if a method cannot be a callback
	 */
	@Override
	public void afterSingletonsInstantiated() {
		Map<String, List<CallableMethod>> found = new TreeMap<>();
		for (String beanName : this.beanFactory.getBeanNamesForType(Object.class)) {
			if (!ScopedProxyUtils.isScopedTarget(beanName)) {
				find(beanName, found);
			}
		}
		found.forEach(this::register);
	}

	/** The class behind the proxies of a bean, {@code null} if it is not known. */
	private @Nullable Class<?> classOf(String beanName) {
		String scopedTarget = ScopedProxyUtils.getTargetBeanName(beanName);
		if (this.beanFactory.containsBeanDefinition(scopedTarget)) {
			return AutoProxyUtils.determineTargetClass(this.beanFactory, scopedTarget);
		}
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
		if (type != null && Proxy.isProxyClass(type) && this.beanFactory.containsSingleton(beanName)) {
			return AopProxyUtils.ultimateTargetClass(this.beanFactory.getBean(beanName));
		}
		return type;
	}

	private void find(String beanName, Map<String, List<CallableMethod>> found) {
		Class<?> type = classOf(beanName);
		if (type == null || !AnnotationUtils.isCandidateClass(type, PythonCallable.class)) {
			return;
		}
		Map<Method, PythonCallable> methods = MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<PythonCallable>) (method) -> AnnotatedElementUtils
					.findMergedAnnotation(method, PythonCallable.class));
		for (Map.Entry<Method, PythonCallable> entry : methods.entrySet()) {
			String name = entry.getValue().value().isEmpty() ? entry.getKey().getName() : entry.getValue().value();
			CallableMethod method = callable(name, beanName, entry.getKey(), type);
			found.computeIfAbsent(name, (key) -> new ArrayList<>()).add(method);
		}
	}

	private CallableMethod callable(String name, String beanName, Method method, Class<?> type) {
		BeanInvoker invoker = new BeanInvoker(this.beanFactory, beanName, method);
		CallableMethod callable = new CallableMethod(name, method, type, invoker, this.converter);
		if (Modifier.isStatic(method.getModifiers())) {
			throw new InvalidPythonCallableException(
					sentence(callable.described()) + " is annotated with @PythonCallable but static",
					"Make it an instance method.", null);
		}
		if (this.beanFactory.containsSingleton(beanName)) {
			try {
				invoker.prepare();
			}
			catch (IllegalStateException ex) {
				throw new InvalidPythonCallableException(
						sentence(callable.described()) + " cannot be called by Python: " + ex.getMessage(),
						"Make the method public or package-private, and declare it in an interface if the bean has a JDK proxy.",
						ex);
			}
		}
		return callable;
	}

	private void register(String name, List<CallableMethod> methods) {
		for (int i = 0; i < methods.size(); i++) {
			for (CallableMethod earlier : methods.subList(0, i)) {
				if (methods.get(i).isSameAs(earlier)) {
					throw new InvalidPythonCallableException(
							"Two methods with the same parameter types are called '" + name + "' in Python: "
									+ earlier.described() + " and " + methods.get(i).described(),
							"Give one of them another name: @PythonCallable(\"...\").", null);
				}
			}
		}
		try {
			this.registry.register(name, new CallableMethods(name, methods));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPythonCallableException(
					sentence(methods.get(0).described()) + " cannot be called by Python: " + ex.getMessage(),
					"Give it another name: @PythonCallable(\"...\").", ex);
		}
		if (logger.isDebugEnabled()) {
			methods.forEach((method) -> logger.debug("Python can call {}: {}", method.signature(), method.described()));
		}
	}

	private static String sentence(String text) {
		return Character.toUpperCase(text.charAt(0)) + text.substring(1);
	}

}
