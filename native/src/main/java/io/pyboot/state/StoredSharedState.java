package io.pyboot.state;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.pyboot.PythonConversionException;
import org.jspecify.annotations.Nullable;

/**
 * Shared state on top of a store. What depends on the present value is done in a loop of
 * compare-and-set, so the store needs no other operation.
 */
public final class StoredSharedState implements PythonSharedState {

	private final SharedStateStore store;

	private final StateCodec codec;

	/**
	 * Shared state in the memory of this process, without a maximum.
	 */
	public StoredSharedState() {
		this(new InMemoryStateStore(), null);
	}

	/**
	 * @param store where the values are kept
	 * @param converter asked for a value of a class that the engine does not know: it
	 * gives one of a known class or throws {@link PythonConversionException};
	 * {@code null} for none
	 */
	public StoredSharedState(SharedStateStore store, @Nullable UnaryOperator<Object> converter) {
		this.store = store;
		this.codec = new StateCodec(converter);
	}

	@Override
	public @Nullable Object getOrDefault(String key, @Nullable Object fallback) {
		byte[] bytes = this.store.get(key);
		return (bytes != null) ? this.codec.decode(bytes) : fallback;
	}

	@Override
	public boolean contains(String key) {
		return this.store.get(key) != null;
	}

	@Override
	public void set(String key, @Nullable Object value) {
		this.store.put(key, this.codec.encode(key, value));
	}

	@Override
	public boolean setIfAbsent(String key, @Nullable Object value) {
		return this.store.compareAndSet(key, null, this.codec.encode(key, value));
	}

	@Override
	public boolean compareAndSet(String key, @Nullable Object expected, @Nullable Object value) {
		byte[] wanted = this.codec.encode(key, expected);
		byte[] next = this.codec.encode(key, value);
		byte[] present;
		do {
			present = this.store.get(key);
			if (present == null || !isSame(present, wanted)) {
				return false;
			}
		}
		while (!this.store.compareAndSet(key, present, next));
		return true;
	}

	/** The order of a set and of a dict makes other bytes of the same value. */
	private boolean isSame(byte[] present, byte[] wanted) {
		return Arrays.equals(present, wanted)
				|| Objects.deepEquals(this.codec.decode(present), this.codec.decode(wanted));
	}

	@Override
	public long increment(String key, long by) {
		while (true) {
			byte[] present = this.store.get(key);
			long sum = Math.addExact((present != null) ? integer(key, this.codec.decode(present)) : 0, by);
			if (this.store.compareAndSet(key, present, this.codec.encode(key, sum))) {
				return sum;
			}
		}
	}

	private static long integer(String key, @Nullable Object value) {
		if (value instanceof Long number) {
			return number;
		}
		if (value instanceof BigInteger) {
			throw new ArithmeticException("The integer of '" + key + "' in the shared state does not fit 64 bits");
		}
		throw new PythonConversionException("The value of '" + key + "' in the shared state is no integer but "
				+ ((value != null) ? "a " + value.getClass().getName() : "None"));
	}

	@Override
	public @Nullable Object remove(String key, @Nullable Object fallback) {
		byte[] bytes = this.store.remove(key);
		return (bytes != null) ? this.codec.decode(bytes) : fallback;
	}

	@Override
	public Set<String> keys() {
		return this.store.keys();
	}

}
