package io.pyboot.callable;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Waits for what a callable method promises, since Python code calls it for its value.
 */
@FunctionalInterface
interface ResultAwaiter {

	/** The result is there already. */
	ResultAwaiter NONE = (result) -> result;

	/**
	 * @throws Throwable what the promise ends with
	 */
	@Nullable Object await(@Nullable Object result) throws Throwable;

	/**
	 * The one for methods with this return type.
	 */
	static ResultAwaiter of(Class<?> returnType) {
		if (CompletionStage.class.isAssignableFrom(returnType)) {
			return (result) -> (result instanceof CompletionStage<?> stage) ? get(stage.toCompletableFuture()) : null;
		}
		if (Future.class.isAssignableFrom(returnType)) {
			return (result) -> (result instanceof Future<?> future) ? get(future) : null;
		}
		if (ClassUtils.isPresent("reactor.core.publisher.Mono", ResultAwaiter.class.getClassLoader())) {
			return Reactive.of(returnType);
		}
		return NONE;
	}

	private static @Nullable Object get(Future<?> future) throws Throwable {
		try {
			return future.get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() != null) ? ex.getCause() : ex;
		}
	}

	/** Loaded only if Reactor is there. */
	final class Reactive {

		private Reactive() {
		}

		static ResultAwaiter of(Class<?> returnType) {
			ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returnType);
			if (adapter == null || adapter.isMultiValue()) {
				return NONE;
			}
			return (result) -> {
				Publisher<?> publisher = adapter.toPublisher(result);
				return get(Mono.from(publisher).toFuture());
			};
		}

	}

}
