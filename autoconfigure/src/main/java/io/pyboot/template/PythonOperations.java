package io.pyboot.template;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.pyboot.JavaRef;
import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonChannel;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.callback.PythonCallback;
import io.pyboot.pool.ReloadReport;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;

/**
 * Calls into CPython. Implemented by {@link PythonTemplate}; an interface so that tests
 * can put something else in its place.
 * <p>
 * A function is named {@code module:qualified.name}, the syntax of Python's entry points;
 * {@code module.name} is accepted where it is clear. Arguments and results cross as
 * values: see docs/types.md. The forms without a type give what Python's value maps to by
 * itself ({@code int} to {@link Long} or {@link java.math.BigInteger}, {@code str} to
 * {@link String}, {@code list} to {@link List}, {@code dict} to {@link Map}, ...), the
 * others convert to the type asked for and never wrap or round a number to make it fit.
 * With the type {@link io.pyboot.PythonObject} the result stays in Python, whatever it
 * is.
 * <p>
 * A synchronous call without a deadline runs on the caller's thread, everything else on
 * the owner thread of a context. Every method may throw {@link PythonCallException} if
 * the Python code raised, {@link PythonTimeoutException} past a deadline,
 * {@link PythonOverloadedException} if no context became free in time,
 * {@link PythonNotRunningException} outside of the application's run,
 * {@link PythonConversionException} for a value that cannot cross and
 * {@link PythonCancelledException} if the calling thread was interrupted.
 */
public interface PythonOperations {

	/**
	 * Calls a Python function with positional arguments.
	 * @param function the function, {@code module:qualified.name}
	 * @param arguments positional arguments, each may be {@code null} (Python's
	 * {@code None})
	 * @return the result as Java sees it, {@code null} for {@code None}
	 */
	@Nullable Object call(String function, @Nullable Object... arguments);

	/**
	 * Calls a Python function and converts the result.
	 * @param function the function, {@code module:qualified.name}
	 * @param resultType the type asked for; {@code None} is {@code null}, an error for a
	 * primitive type
	 * @param arguments positional arguments
	 */
	<T> @Nullable T call(String function, Class<T> resultType, @Nullable Object... arguments);

	/**
	 * Calls a Python function and converts the result to a generic type, such as a list
	 * of records.
	 * @param function the function, {@code module:qualified.name}
	 * @param resultType the type asked for
	 * @param arguments positional arguments
	 */
	<T> @Nullable T call(String function, ParameterizedTypeReference<T> resultType, @Nullable Object... arguments);

	/**
	 * Evaluates a Python expression in the module {@code __main__} of a context.
	 * @param expression one expression
	 * @return its value, {@code null} for {@code None}
	 */
	@Nullable Object eval(String expression);

	/**
	 * Evaluates a Python expression and converts its value.
	 */
	<T> @Nullable T eval(String expression, Class<T> resultType);

	/**
	 * Evaluates a Python expression that sees the given variables beside the names of
	 * {@code __main__}. Values never become source text.
	 * @param expression one expression
	 * @param resultType the type asked for
	 * @param variables names and values for this evaluation only
	 */
	<T> @Nullable T eval(String expression, Class<T> resultType, Map<String, ? extends @Nullable Object> variables);

	/**
	 * Executes Python statements in the module {@code __main__} of one context. Names
	 * that they bind stay in that context; to set up every context use
	 * {@code pyboot.preload} or {@link #execAll}.
	 */
	void exec(String source);

	/**
	 * Executes Python statements in one context, after binding the given variables there.
	 */
	void exec(String source, Map<String, ? extends @Nullable Object> variables);

	/**
	 * Executes Python statements once in each context of the pool.
	 */
	void execAll(String source);

	/**
	 * Replaces a module, and those that import it, by what their sources say now: in
	 * every context of the pool or in none. Calls that run go on with the old code, calls
	 * that come afterwards have the new code. A module that no context has imported is
	 * left alone, as its first import reads the source anyway.
	 * @param module name of the module, such as {@code prices} or {@code shop.prices}
	 * @return what was done in each context
	 * @throws io.pyboot.PythonReloadException if new code fails or the module is of a
	 * kind that cannot be reloaded; names the module, file and line. Every context goes
	 * on with the old code
	 */
	ReloadReport reload(String module);

	/**
	 * Calls a function on the owner thread of a context and does not wait for the answer.
	 * A failure is counted and logged.
	 */
	void cast(String function, @Nullable Object... arguments);

	/**
	 * Calls a function on the owner thread of a context. Cancelling the future drops the
	 * request if it is still queued and interrupts it if it runs.
	 */
	CompletableFuture<@Nullable Object> callAsync(String function, @Nullable Object... arguments);

	/**
	 * Calls a function on the owner thread of a context and converts the result.
	 */
	<T> CompletableFuture<@Nullable T> callAsync(String function, Class<T> resultType, @Nullable Object... arguments);

	/**
	 * Evaluates an expression on the owner thread of a context and converts its value.
	 */
	<T> CompletableFuture<@Nullable T> evalAsync(String expression, Class<T> resultType);

	/**
	 * Calls a function once for each list of arguments, spread over the contexts, and
	 * waits for all. The first failure cancels the rest and is thrown.
	 * @param function the function, {@code module:qualified.name}
	 * @param resultType the type of each result
	 * @param argumentLists the positional arguments of each call
	 * @return the results in the order of the argument lists
	 */
	<T> List<@Nullable T> invokeAll(String function, Class<T> resultType,
			Collection<? extends List<? extends @Nullable Object>> argumentLists);

	/**
	 * Calls a function whose result can be iterated, such as a generator, and gives its
	 * items as they are asked for. Nothing runs before the first item is; from then on
	 * Python is at most 256 items ahead ({@link PythonFunction#window} sets another
	 * limit). Close the stream, best by try-with-resources, unless it is read to its end:
	 * that runs the {@code finally} blocks of the generator. With a deadline
	 * ({@link #withTimeout}) each wait for items has it, not the whole stream.
	 * @param function the function, {@code module:qualified.name}
	 * @param itemType the type of each item
	 * @param arguments positional arguments
	 * @return a sequential, ordered stream; what Python raises, and an item that does not
	 * convert, is thrown by its terminal operation, after the items before. A stream made
	 * parallel is still read by one thread
	 */
	<T> Stream<@Nullable T> stream(String function, Class<T> itemType, @Nullable Object... arguments);

	/**
	 * Calls a function whose result can be iterated and gives its items, each converted
	 * to a generic type.
	 * @param function the function, {@code module:qualified.name}
	 * @param itemType the type of each item
	 * @param arguments positional arguments
	 * @see #stream(String, Class, Object...)
	 */
	<T> Stream<@Nullable T> stream(String function, ParameterizedTypeReference<T> itemType,
			@Nullable Object... arguments);

	/**
	 * Opens a channel, which Python code gets as an argument. Close it when it has
	 * served.
	 * @param messageType what the messages from Python are converted to;
	 * {@code byte[].class} makes a channel of bytes, which both ways carries nothing else
	 * @param capacity how many messages each direction holds, at least 1
	 */
	<T> PythonChannel<T> openChannel(Class<T> messageType, int capacity);

	/**
	 * Opens a channel, which Python code gets as an argument or, in every context of the
	 * application, by {@code pyboot.channel(name)}.
	 * @param name what it is found by until it is closed
	 * @param messageType what the messages from Python are converted to
	 * @param capacity how many messages each direction holds, at least 1
	 * @throws IllegalArgumentException if another open channel has the name
	 * @see #openChannel(Class, int)
	 */
	<T> PythonChannel<T> openChannel(String name, Class<T> messageType, int capacity);

	/**
	 * Opens a channel whose messages from Python are converted to a generic type.
	 * @param name what it is found by until it is closed, {@code null} for none
	 * @param messageType what the messages from Python are converted to
	 * @param capacity how many messages each direction holds, at least 1
	 * @throws IllegalArgumentException if another open channel has the name
	 * @see #openChannel(Class, int)
	 */
	<T> PythonChannel<T> openChannel(@Nullable String name, ParameterizedTypeReference<T> messageType, int capacity);

	/**
	 * Runs the callback with a namespace of its own in one context. What the session
	 * binds persists between its calls, is invisible to others and is dropped at the end.
	 */
	<T> @Nullable T execute(PythonSessionCallback<T> callback);

	/**
	 * Opens a session for as long as the caller wants it: a namespace of its own in one
	 * context.
	 * @return to be closed
	 */
	CloseablePythonSession openSession();

	/**
	 * Begins a call with everything a call can have: keyword arguments, a deadline, an
	 * affinity.
	 * @param function the function, {@code module:qualified.name}
	 */
	PythonFunction function(String function);

	/**
	 * An argument that stays in Java: Python gets an opaque {@code pyboot.JavaRef} of the
	 * object, and what comes back is the identical object.
	 * @param object any object, not {@code null}
	 */
	default JavaRef ref(Object object) {
		return JavaRef.of(object);
	}

	/**
	 * Lets Python code call a function by a name, in all pools: {@code from pyboot import
	 * name}. It runs on the thread that waits for the Python code, else on an executor.
	 * @param name a Python identifier
	 * @param callback the function
	 * @return unregisters it when closed
	 * @throws IllegalArgumentException if the name is no identifier or is taken
	 */
	CallbackRegistry.Registration register(String name, PythonCallback callback);

	/**
	 * Lets Python code call a function without arguments.
	 * @return unregisters it when closed
	 */
	CallbackRegistry.Registration register(String name, Supplier<?> function);

	/**
	 * Lets Python code call a function with one argument.
	 * @param argumentType what the argument is converted to; what does not fit is a
	 * {@code TypeError} in Python
	 * @return unregisters it when closed
	 */
	<A> CallbackRegistry.Registration register(String name, Class<A> argumentType, Function<? super A, ?> function);

	/**
	 * Lets Python code call a function with two arguments.
	 * @param firstType what the first argument is converted to
	 * @param secondType what the second argument is converted to
	 * @return unregisters it when closed
	 */
	<A, B> CallbackRegistry.Registration register(String name, Class<A> firstType, Class<B> secondType,
			BiFunction<? super A, ? super B, ?> function);

	/**
	 * Makes a name unknown to Python code again, however it was registered.
	 * @return whether it was known
	 */
	boolean unregister(String name);

	/**
	 * The same operations on another pool.
	 * @param name name of a configured pool
	 * @throws IllegalArgumentException if there is no such pool; lists those there are
	 */
	PythonOperations pool(String name);

	/**
	 * The same operations with a deadline on each. They run on owner threads, so that the
	 * caller is released on time whatever the Python code does.
	 * @param timeout deadline of each operation, counted from its start
	 */
	PythonOperations withTimeout(Duration timeout);

}
