package io.pyboot.autoconfigure.callback;

import java.util.concurrent.Executor;

import io.micrometer.context.ContextSnapshotFactory;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.callable.PlainCallbackExecutor;
import io.pyboot.callable.PythonCallable;
import io.pyboot.callable.PythonCallableRegistrar;
import io.pyboot.callable.SnapshotCallbackExecutor;
import io.pyboot.callback.CallbackExecutor;
import io.pyboot.template.PythonPools;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PybootCallbackAutoConfiguration} and
 * {@link PybootContextPropagationAutoConfiguration}.
 */
class PybootCallbackAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootCallbackAutoConfiguration.class,
				PybootContextPropagationAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void callablesAreRegisteredBeforeThePoolsOpen() {
		this.runner.withBean(Shop.class)
			.run((context) -> assertThat(context.getBean(PythonPools.class).callbacks().names())
				.containsExactly("price"));
	}

	@Test
	void callablesAreRegisteredWhenAllBeansAreLazy() {
		this.runner.withBean(Shop.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBean(PythonPools.class).callbacks().names()).containsExactly("price");
				assertThat(context.getBean(PythonPools.class).callbacks().contains("pyboot.publish")).isTrue();
			});
	}

	@Test
	void disabledPythonHasNoCallbacks() {
		this.runner.withPropertyValues("pyboot.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonCallableRegistrar.class)
				.doesNotHaveBean(CallbackExecutor.class));
	}

	@Test
	void everyPoolGetsTheExecutorOfTheApplication() {
		this.runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withPropertyValues("pyboot.pools.heavy.size=1")
			.run((context) -> {
				CallbackExecutor executor = context.getBean(CallbackExecutor.class);
				assertThat(executor.uncaptured()).isSameAs(context.getBean("applicationTaskExecutor"));
				then(this.engine.pool("default")).should().setCallbackExecutor(executor);
				then(this.engine.pool("heavy")).should().setCallbackExecutor(executor);
			});
	}

	@Test
	void theOnlyTaskExecutorIsTaken() {
		AsyncTaskExecutor only = new SimpleAsyncTaskExecutor();
		this.runner.withBean("mine", AsyncTaskExecutor.class, () -> only)
			.run((context) -> assertThat(context.getBean(CallbackExecutor.class).uncaptured()).isSameAs(only));
	}

	@Test
	void withoutOneToTakeCallbacksHaveThreadsOfTheirOwn() {
		this.runner.withBean("one", AsyncTaskExecutor.class, SimpleAsyncTaskExecutor::new)
			.withBean("two", AsyncTaskExecutor.class, SimpleAsyncTaskExecutor::new)
			.run((context) -> assertThat(context.getBean(CallbackExecutor.class).uncaptured())
				.isInstanceOf(SimpleAsyncTaskExecutor.class)
				.isNotIn(context.getBeansOfType(AsyncTaskExecutor.class).values()));
	}

	@Test
	void executorIsTakenFromTheProperty() {
		Executor mine = Runnable::run;
		this.runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withBean("mine", Executor.class, () -> mine)
			.withPropertyValues("pyboot.callbacks.executor=mine")
			.run((context) -> assertThat(context.getBean(CallbackExecutor.class).uncaptured()).isSameAs(mine));
	}

	@Test
	void executorThatIsNoneOrWouldRunOnThePoolsThreadEndsTheStart() {
		ApplicationContextRunner configured = this.runner.withPropertyValues("pyboot.callbacks.executor=mine");
		configured.withBean("other", AsyncTaskExecutor.class, SimpleAsyncTaskExecutor::new)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("pyboot.callbacks.executor")
				.hasMessageContaining("mine")
				.hasMessageContaining("[other]"));
		configured.withBean("mine", SyncTaskExecutor.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("pyboot.callbacks.executor")
				.hasMessageContaining("must not wait"));
	}

	@Test
	void contextIsPropagatedIfTheLibraryIsThere() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(SnapshotCallbackExecutor.class));
		this.runner.withClassLoader(new FilteredClassLoader(ContextSnapshotFactory.class))
			.run((context) -> assertThat(context).hasSingleBean(PlainCallbackExecutor.class));
	}

	@Test
	void beansCanBeReplaced() {
		CallbackExecutor own = mock(CallbackExecutor.class);
		this.runner.withBean(CallbackExecutor.class, () -> own).run((context) -> {
			assertThat(context).hasSingleBean(CallbackExecutor.class);
			then(this.engine.pool("default")).should().setCallbackExecutor(own);
		});
	}

	static class Shop {

		@PythonCallable
		public int price(String product) {
			return product.length();
		}

	}

}
