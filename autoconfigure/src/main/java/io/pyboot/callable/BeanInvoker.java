package io.pyboot.callable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ReflectionUtils;

/**
 * Calls one method of one bean, through its proxy if it has one. A singleton is looked up
 * at the first call, so that it may be lazy; a bean of any other scope at each.
 */
final class BeanInvoker {

	private static final MethodType SHAPE = MethodType.methodType(Object.class, Object.class, Object[].class);

	private final BeanFactory beanFactory;

	private final String beanName;

	private final Method method;

	private final boolean singleton;

	/** A singleton, once it was looked up. */
	private volatile @Nullable Object bean;

	/** For the class of the bean that was called last. */
	private volatile @Nullable Handle handle;

	BeanInvoker(BeanFactory beanFactory, String beanName, Method method) {
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		this.method = method;
		this.singleton = beanFactory.isSingleton(beanName);
	}

	String beanName() {
		return this.beanName;
	}

	/**
	 * Makes sure that the method can be called through the proxy.
	 * @throws IllegalStateException if it cannot; says why
	 */
	void prepare() {
		handle(bean());
	}

	@Nullable Object invoke(@Nullable Object[] arguments) throws Throwable {
		Object bean = bean();
		return handle(bean).method.invokeExact(bean, arguments);
	}

	private Object bean() {
		Object bean = this.bean;
		if (bean == null) {
			bean = this.beanFactory.getBean(this.beanName);
			if (this.singleton) {
				this.bean = bean;
			}
		}
		return bean;
	}

	private Handle handle(Object bean) {
		Handle handle = this.handle;
		if (handle == null || handle.type != bean.getClass()) {
			handle = Handle.of(bean.getClass(), this.method);
			this.handle = handle;
		}
		return handle;
	}

	/**
	 * @param type the class of the bean, which may be a proxy
	 * @param method takes the bean and an array of the arguments
	 */
	private record Handle(Class<?> type, MethodHandle method) {

		static Handle of(Class<?> type, Method method) {
			Method invocable = AopUtils.selectInvocableMethod(method, type);
			ReflectionUtils.makeAccessible(invocable);
			try {
				MethodHandle handle = MethodHandles.lookup()
					.unreflect(invocable)
					.asFixedArity()
					.asSpreader(Object[].class, method.getParameterCount())
					.asType(SHAPE);
				return new Handle(type, handle);
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException("The method " + invocable + " is not accessible", ex);
			}
		}

	}

}
