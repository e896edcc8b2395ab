package io.pyboot;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A Python object that stays in its context, as Java holds it. It comes from a request
 * whose result type is this one, or from Python code that gives
 * {@code pyboot.handle(object)} to Java. As an argument, or anywhere within one, it is
 * the very object in Python; a request with one goes to the context that has the object.
 * <p>
 * Thread-safe: each method is a request to that context, on whatever way and with
 * whatever deadline the pool's requests have, and throws what those throw. Results are
 * converted as those of calls are; to get another {@code PythonObject}, ask for its type.
 * <p>
 * Python keeps the object until {@link #close()}, or until this is no longer reachable,
 * or until the context ends. After the context was replaced or has ended, every method
 * but {@code close}, {@code toString}, {@code equals} and {@code hashCode} throws
 * {@link PythonContextLostException}, after {@code close} {@link IllegalStateException}.
 */
public interface PythonObject extends AutoCloseable {

	/**
	 * Calls the object.
	 * @param arguments positional arguments
	 * @return the result, {@code null} for {@code None}
	 */
	@Nullable Object call(@Nullable Object... arguments);

	/**
	 * Calls the object with keyword arguments.
	 */
	@Nullable Object call(List<? extends @Nullable Object> arguments, Map<String, ? extends @Nullable Object> keywords);

	/**
	 * Calls the object and converts the result.
	 * @param resultType the type asked for; {@code PythonObject.class} for a handle
	 */
	<T> @Nullable T call(Class<T> resultType, @Nullable Object... arguments);

	/**
	 * Calls a method of the object.
	 * @param name name of the method
	 */
	@Nullable Object callMethod(String name, @Nullable Object... arguments);

	/**
	 * Calls a method of the object and converts the result.
	 */
	<T> @Nullable T callMethod(String name, Class<T> resultType, @Nullable Object... arguments);

	/**
	 * The value of an attribute.
	 * @throws PythonCallException an {@code AttributeError} if there is none
	 */
	@Nullable Object getAttribute(String name);

	/**
	 * The value of an attribute, converted.
	 */
	<T> @Nullable T getAttribute(String name, Class<T> type);

	/**
	 * Whether the object has the attribute.
	 */
	boolean hasAttribute(String name);

	/**
	 * Sets an attribute.
	 */
	void setAttribute(String name, @Nullable Object value);

	/**
	 * The item of a key or an index.
	 * @throws PythonCallException a {@code KeyError} or {@code IndexError} if there is
	 * none
	 */
	@Nullable Object getItem(@Nullable Object key);

	/**
	 * The item of a key or an index, converted.
	 */
	<T> @Nullable T getItem(@Nullable Object key, Class<T> type);

	/**
	 * Sets the item of a key or an index.
	 */
	void setItem(@Nullable Object key, @Nullable Object value);

	/**
	 * How many items the object has: {@code len()}.
	 */
	int size();

	/**
	 * Iterates the object.
	 */
	PythonIterator<@Nullable Object> iterate();

	/**
	 * Iterates the object.
	 * @param elementType type of the elements; {@code PythonObject.class} for handles
	 */
	<T> PythonIterator<@Nullable T> iterate(Class<T> elementType);

	/**
	 * The object as another type: a copy of its value, converted as a result is, or, for
	 * an interface that is no type of value, a proxy. A method of the interface calls the
	 * Python method of its name, with its result converted to the method's return type;
	 * if the Python object has none, a {@code default} method runs as written, and the
	 * one abstract method of a functional interface calls the object itself. The proxy is
	 * of use as long as this handle is.
	 * @param type the type asked for
	 * @throws PythonConversionException if the value is no such thing
	 */
	<T> @Nullable T as(Class<T> type);

	/**
	 * Qualified name of the object's class, such as {@code decimal.Decimal}.
	 */
	String type();

	/**
	 * {@code str()} of the object; if that fails, a text that says why. Does not throw.
	 */
	@Override
	String toString();

	/**
	 * Lets Python drop the object, soon. Does not wait and does not throw; a second call
	 * does nothing.
	 */
	@Override
	void close();

}
