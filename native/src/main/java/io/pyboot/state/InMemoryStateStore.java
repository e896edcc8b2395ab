package io.pyboot.state;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the values in the memory of this process.
 * <p>
 * Invariant: {@link #size} counts the keys, changed within the atomic operation on the
 * key that comes or goes; so there are never more than the maximum.
 */
public final class InMemoryStateStore implements SharedStateStore {

	/** Without a maximum. */
	public static final int UNLIMITED = Integer.MAX_VALUE;

	private final ConcurrentHashMap<String, byte[]> values = new ConcurrentHashMap<>();

	private final AtomicInteger size = new AtomicInteger();

	private final int maxEntries;

	/**
	 * A store without a maximum.
	 */
	public InMemoryStateStore() {
		this(UNLIMITED);
	}

	/**
	 * @param maxEntries how many keys there may be, at least 1
	 */
	public InMemoryStateStore(int maxEntries) {
		if (maxEntries < 1) {
			throw new IllegalArgumentException("maxEntries must be at least 1 but is " + maxEntries);
		}
		this.maxEntries = maxEntries;
	}

	@Override
	public byte @Nullable [] get(String key) {
		return this.values.get(key);
	}

	@Override
	public void put(String key, byte[] value) {
		this.values.compute(key, (name, before) -> {
			if (before == null) {
				takePlace(name);
			}
			return value;
		});
	}

	@Override
	public byte @Nullable [] remove(String key) {
		byte[][] removed = new byte[1][];
		this.values.computeIfPresent(key, (name, before) -> {
			removed[0] = before;
			this.size.decrementAndGet();
			return null;
		});
		return removed[0];
	}

	@Override
	public boolean compareAndSet(String key, byte @Nullable [] expected, byte[] value) {
		boolean[] changed = new boolean[1];
		this.values.compute(key, (name, before) -> {
			if (!Arrays.equals(before, expected)) {
				return before;
			}
			if (before == null) {
				takePlace(name);
			}
			changed[0] = true;
			return value;
		});
		return changed[0];
	}

	private void takePlace(String key) {
		if (this.size.incrementAndGet() > this.maxEntries) {
			this.size.decrementAndGet();
			throw new SharedStateFullException(key, this.maxEntries);
		}
	}

	@Override
	public Set<String> keys() {
		return Set.copyOf(this.values.keySet());
	}

}
