package io.pyboot.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import io.pyboot.binding.LibPyboot;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that Python holds, by the id that Python knows them by. One registry
 * for the process, since the ids are counted by libpyboot (pb_ref.c): an object is here
 * from its registration until nobody holds its id any more. libpyboot says which those
 * are; they are dropped at the next registration, reply or turn of a drainer.
 * Thread-safe.
 */
public final class JavaObjects {

	private static final ConcurrentHashMap<Long, Object> OBJECTS = new ConcurrentHashMap<>();

	private static final int BATCH = 512;

	/** Held by who sweeps; others need not wait, since that one takes all there is. */
	private static final ReentrantLock SWEEPING = new ReentrantLock();

	/** For the ids of the dead; used by who sweeps. */
	private static final ByteBuffer DEAD = ByteBuffer.allocateDirect(BATCH * Long.BYTES).order(ByteOrder.nativeOrder());

	private JavaObjects() {
	}

	/**
	 * Registers an object.
	 * @return a new id, of which the caller holds one count
	 */
	static long register(Object object) {
		long id = LibPyboot.pb_new_ref();
		if (id < 0) {
			id &= Long.MAX_VALUE;
			sweep();
		}
		if (id == 0) {
			throw new ConversionFailure("no native memory was left for a JavaRef");
		}
		OBJECTS.put(id, object);
		return id;
	}

	/**
	 * The object of an id of which somebody holds a count; {@code null} for another id.
	 */
	static @Nullable Object find(long id) {
		return OBJECTS.get(id);
	}

	/**
	 * Drops the objects that nobody holds any more.
	 */
	public static void sweep() {
		if (!SWEEPING.tryLock()) {
			return;
		}
		try {
			long address = WireBuffer.addressOf(DEAD);
			int count;
			do {
				count = (int) LibPyboot.pb_dead_refs(address, BATCH);
				for (int i = 0; i < count; i++) {
					OBJECTS.remove(DEAD.getLong(i * Long.BYTES));
				}
			}
			while (count == BATCH);
		}
		finally {
			SWEEPING.unlock();
		}
	}

	/**
	 * How many objects there are; for tests and figures.
	 */
	public static int size() {
		return OBJECTS.size();
	}

}
