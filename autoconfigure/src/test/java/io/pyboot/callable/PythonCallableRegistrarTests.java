package io.pyboot.callable;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.template.ResultConverter;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PythonCallableRegistrar}: which beans and methods it finds, and how
 * they are called. Without Python.
 */
class PythonCallableRegistrarTests {

	private final CallbackRegistry registry = new CallbackRegistry();

	@Test
	void classProxyIsCalledThroughItsInterceptors() throws Throwable {
		AtomicInteger calls = new AtomicInteger();
		start((context) -> {
			context.registerBean(Shop.class);
			context.registerBean("proxies", BeanPostProcessor.class, () -> new Proxies(true, calls));
		});
		assertThat(call("open", "x")).isEqualTo("open x");
		assertThat(calls).hasValue(1);
	}

	@Test
	void interfaceProxyIsCalledThroughItsInterceptors() throws Throwable {
		AtomicInteger calls = new AtomicInteger();
		start((context) -> {
			context.registerBean(Shop.class);
			context.registerBean("proxies", BeanPostProcessor.class, () -> new Proxies(false, calls));
		});
		assertThat(call("open", "x")).isEqualTo("open x");
		assertThat(calls).hasValue(1);
	}

	@Test
	void lazyBeanWithAnInterfaceProxyIsMadeAtTheFirstCall() throws Throwable {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger made = new AtomicInteger();
		start((context) -> {
			context.registerBean("shop", Shop.class, () -> {
				made.incrementAndGet();
				return new Shop();
			}, (definition) -> definition.setLazyInit(true));
			context.registerBean("proxies", BeanPostProcessor.class, () -> new Proxies(false, calls));
		});
		assertThat(made).hasValue(0);
		call("open", "x");
		call("open", "y");
		assertThat(made).hasValue(1);
		assertThat(calls).hasValue(2);
	}

	@Test
	void prototypeIsMadeForEachCall() throws Throwable {
		AtomicInteger made = new AtomicInteger();
		start((context) -> context.registerBean("shop", Shop.class, () -> {
			made.incrementAndGet();
			return new Shop();
		}, (definition) -> definition.setScope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)));
		call("open", "x");
		call("open", "y");
		assertThat(made).hasValue(2);
	}

	@Test
	void scopedProxyFindsTheBeanOfTheScopeAndIsRegisteredOnce() throws Throwable {
		AtomicInteger made = new AtomicInteger();
		start((context) -> {
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			RootBeanDefinition definition = new RootBeanDefinition(Shop.class, "thread", () -> {
				made.incrementAndGet();
				return new Shop();
			});
			BeanDefinitionHolder proxy = ScopedProxyUtils
				.createScopedProxy(new BeanDefinitionHolder(definition, "shop"), context, true);
			context.registerBeanDefinition("shop", proxy.getBeanDefinition());
		});
		call("open", "x");
		call("open", "x");
		CompletableFuture.runAsync(() -> assertThat(callUnchecked("open", "x")).isEqualTo("open x")).join();
		assertThat(made).hasValue(2);
	}

	@Test
	void asynchronousMethodIsAwaited() throws Throwable {
		start((context) -> context.register(Asynchronous.class, AsyncShop.class));
		assertThat((String) call("thread")).isNotEqualTo(Thread.currentThread().getName());
	}

	@Test
	void annotationsOfInterfacesSuperclassesAndMetaAnnotationsCount() throws Throwable {
		start((context) -> context.registerBean(Generic.class));
		assertThat(call("twice", "ab")).isEqualTo("abab");
		assertThat(call("inherited")).isEqualTo("of the superclass");
		assertThat(call("meta")).isEqualTo("meta");
		assertThatExceptionOfType(CallbackArgumentException.class).isThrownBy(() -> call("twice", 3L))
			.withMessageContaining("cannot become java.lang.String");
		assertThat(this.registry.names()).containsExactly("inherited", "meta", "twice");
	}

	@Test
	void beanThatIsMadeByAFactoryMethodIsFoundByItsClass() throws Throwable {
		start((context) -> context.registerBean("made", Supplier.class, () -> new Made()));
		assertThat(call("made")).isEqualTo("by a factory");
	}

	@Test
	void methodsOfTheSameNameAndParametersInTwoBeansEndTheStart() {
		assertThatExceptionOfType(InvalidPythonCallableException.class).isThrownBy(() -> start((context) -> {
			context.registerBean("first", Shop.class);
			context.registerBean("second", Other.class);
		}))
			.withMessageContaining("Two methods with the same parameter types are called 'open' in Python")
			.withMessageContaining("'open' of " + Shop.class.getName() + " (bean 'first')")
			.withMessageContaining("'start' of " + Other.class.getName() + " (bean 'second')");
	}

	@Test
	void methodsOfTheSameNameInTwoBeansAreOverloads() throws Throwable {
		start((context) -> {
			context.registerBean(Shop.class);
			context.registerBean(Numbers.class);
		});
		assertThat(call("open", "x")).isEqualTo("open x");
		assertThat(call("open", 3L)).isEqualTo(4L);
	}

	@Test
	void nameThatPythonCannotImportEndsTheStart() {
		assertThatExceptionOfType(InvalidPythonCallableException.class)
			.isThrownBy(() -> start((context) -> context.registerBean("bad", BadName.class)))
			.withMessage("The method 'go' of " + BadName.class.getName()
					+ " (bean 'bad') cannot be called by Python: 'import' cannot be the name of a callback:"
					+ " Python or the package pyboot uses it");
	}

	@Test
	void staticMethodEndsTheStart() {
		assertThatExceptionOfType(InvalidPythonCallableException.class)
			.isThrownBy(() -> start((context) -> context.registerBean("bad", Static.class)))
			.withMessageContaining("'go' of " + Static.class.getName())
			.withMessageContaining("static");
	}

	@Test
	void methodThatAnInterfaceProxyHidesEndsTheStart() {
		assertThatExceptionOfType(InvalidPythonCallableException.class).isThrownBy(() -> start((context) -> {
			context.registerBean("hidden", Hidden.class);
			context.registerBean("proxies", BeanPostProcessor.class, () -> new Proxies(false, new AtomicInteger()));
		})).withMessageContaining("'hidden' of " + Hidden.class.getName()).withMessageContaining("cannot be called");
	}

	private void start(java.util.function.Consumer<AnnotationConfigApplicationContext> beans) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(PythonCallableRegistrar.class, () -> new PythonCallableRegistrar(context.getBeanFactory(),
				this.registry, new ResultConverter(new DefaultConversionService(), null)));
		beans.accept(context);
		context.refresh();
	}

	private Object call(String name, Object... arguments) throws Throwable {
		return this.registry.find(name).call(List.of(arguments), Map.of());
	}

	private Object callUnchecked(String name, Object... arguments) {
		try {
			return call(name, arguments);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Puts a proxy in front of every shop. */
	private record Proxies(boolean ofClass, AtomicInteger calls) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			if (!(bean instanceof Opening) && !(bean instanceof Hidden)) {
				return bean;
			}
			ProxyFactory factory = new ProxyFactory(bean);
			factory.setProxyTargetClass(this.ofClass);
			factory.addAdvice((MethodInterceptor) (invocation) -> {
				this.calls.incrementAndGet();
				return invocation.proceed();
			});
			return factory.getProxy();
		}

	}

	interface Opening {

		String open(String what);

	}

	static class Shop implements Opening {

		@Override
		@PythonCallable
		public String open(String what) {
			return "open " + what;
		}

	}

	static class Other {

		@PythonCallable("open")
		public String start(String what) {
			return "start " + what;
		}

	}

	static class Numbers {

		@PythonCallable
		public long open(long number) {
			return number + 1;
		}

	}

	@EnableAsync
	static class Asynchronous {

	}

	static class AsyncShop {

		@Async
		@PythonCallable
		public CompletableFuture<String> thread() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target(ElementType.METHOD)
	@PythonCallable
	@interface Reachable {

	}

	interface Twice<T> {

		@PythonCallable
		T twice(T value);

	}

	abstract static class Base {

		@PythonCallable
		public String inherited() {
			return "of the superclass";
		}

	}

	static class Generic extends Base implements Twice<String> {

		@Override
		public String twice(String value) {
			return value + value;
		}

		@Reachable
		public String meta() {
			return "meta";
		}

		public String secret() {
			return "secret";
		}

	}

	static class Made implements Supplier<String> {

		@Override
		@PythonCallable("made")
		public String get() {
			return "by a factory";
		}

	}

	static class BadName {

		@PythonCallable("import")
		public void go() {
		}

	}

	static class Static {

		@PythonCallable
		public static void go() {
		}

	}

	static class Hidden implements Runnable {

		@Override
		public void run() {
		}

		@PythonCallable
		public void hidden() {
		}

	}

}
