package io.pyboot.state;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Where the values of a {@link StoredSharedState} are kept, in encoded form: in memory,
 * or, by an implementation of your own, in a database or a cache that several
 * applications share. Must be thread-safe, and each method atomic. The bytes are of no
 * concern to it. Arrays given and returned are never changed.
 */
public interface SharedStateStore {

	/**
	 * The bytes of a key, {@code null} if it has none.
	 */
	byte @Nullable [] get(String key);

	/**
	 * Stores the bytes of a key.
	 * @throws SharedStateFullException if the key is new and the store is full
	 */
	void put(String key, byte[] value);

	/**
	 * Removes a key.
	 * @return the bytes that it had, {@code null} if it had none
	 */
	byte @Nullable [] remove(String key);

	/**
	 * Stores the bytes of a key if it has the expected ones.
	 * @param expected what it must have; {@code null} if it must have none
	 * @return whether it was so
	 * @throws SharedStateFullException if the key is new and the store is full
	 */
	boolean compareAndSet(String key, byte @Nullable [] expected, byte[] value);

	/**
	 * The keys as they are now. Later changes do not show.
	 */
	Set<String> keys();

}
