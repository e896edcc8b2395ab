package io.pyboot.template;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

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

	/**
	 * Sets how many items of a stream Python may be ahead of the reader: those it has
	 * made that were not taken yet. With 1 each item is made when it is asked for.
	 * @param items 1 or more; 256 if it is not set
	 */
	PythonFunction window(int items);

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

	/**
	 * Calls, and gives the items of the result as they are asked for; to be closed.
	 * @see PythonOperations#stream(String, Class, Object...)
	 */
	<T> Stream<@Nullable T> stream(Class<T> itemType);

	/**
	 * Calls, and gives the items of the result as they are asked for; to be closed.
	 * @see PythonOperations#stream(String, Class, Object...)
	 */
	<T> Stream<@Nullable T> stream(ParameterizedTypeReference<T> itemType);

	/** Calls on the owner thread and does not wait; a failure is counted and logged. */
	void cast();

}
