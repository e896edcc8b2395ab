package io.pyboot.template;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;

/**
 * One call in the making. Immutable: each method gives a new one, so that a base can be
 * kept and shared between threads.
 */
public interface PythonFunction {

	/** Sets the positional arguments. */
	PythonFunction args(@Nullable Object... arguments);

	/** Adds one keyword argument. */
	PythonFunction kwarg(String name, @Nullable Object value);

	/** Adds keyword arguments. */
	PythonFunction kwargs(Map<String, ? extends @Nullable Object> arguments);

	/** Sets a deadline, counted from the call. */
	PythonFunction timeout(Duration timeout);

	/** Chooses another pool. */
	PythonFunction pool(String name);

	/** Calls with equal keys run in the same context. */
	PythonFunction affinity(Object key);

	/** Runs the call in the context with this 0-based index. */
	PythonFunction context(int index);

	/** Calls and waits. */
	@Nullable Object call();

	/** Calls, waits and converts the result. */
	<T> @Nullable T call(Class<T> resultType);

	/** Calls, waits and converts the result. */
	<T> @Nullable T call(ParameterizedTypeReference<T> resultType);

	/** Calls on the owner thread of a context. */
	CompletableFuture<@Nullable Object> callAsync();

	/** Calls on the owner thread of a context and converts the result. */
	<T> CompletableFuture<@Nullable T> callAsync(Class<T> resultType);

	/** Calls on the owner thread and does not wait; a failure is counted and logged. */
	void cast();

}
