package io.pyboot.state;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Values by key that all contexts of an application and its Java code share;
 * {@code pyboot.state} in Python. Thread-safe; each operation is atomic.
 * <p>
 * A value is anything that can be an argument of a Python function. It is copied when it
 * is stored and when it is read, so nobody can change what others see but by storing
 * again. {@code null} is a value like any other, {@code None} in Python.
 */
public interface PythonSharedState {

	/**
	 * The value of a key, {@code null} if it has none or is {@code None}.
	 */
	default @Nullable Object get(String key) {
		return getOrDefault(key, null);
	}

	/**
	 * The value of a key, or the fallback itself if it has none.
	 */
	@Nullable Object getOrDefault(String key, @Nullable Object fallback);

	/**
	 * Whether the key has a value.
	 */
	boolean contains(String key);

	/**
	 * Stores a value.
	 * @throws io.pyboot.PythonConversionException if it cannot cross to Python
	 * @throws SharedStateFullException if the key is new and there are too many already
	 */
	void set(String key, @Nullable Object value);

	/**
	 * Stores a value if the key has none.
	 * @return whether it had none
	 * @throws SharedStateFullException if there are too many keys already
	 */
	boolean setIfAbsent(String key, @Nullable Object value);

	/**
	 * Stores a value if the key has the expected one. They are the same if they are of
	 * the same type and equal, so the integer 1 is not the float 1.0.
	 * @return whether it had the expected value; not if it had none
	 */
	boolean compareAndSet(String key, @Nullable Object expected, @Nullable Object value);

	/**
	 * Adds to the integer of a key; to 0 if the key has no value.
	 * @return the new value
	 * @throws ArithmeticException if the sum does not fit 64 bits; nothing changes
	 * @throws io.pyboot.PythonConversionException if the value is no integer
	 * @throws SharedStateFullException if the key is new and there are too many already
	 */
	long increment(String key, long by);

	/**
	 * Removes a key.
	 * @return the value that it had, or the fallback itself if it had none
	 */
	@Nullable Object remove(String key, @Nullable Object fallback);

	/**
	 * Removes a key.
	 * @return whether it had a value
	 */
	default boolean delete(String key) {
		Object missing = new Object();
		return remove(key, missing) != missing;
	}

	/**
	 * The keys as they are now, in no order. Later changes do not show.
	 */
	Set<String> keys();

}
