package io.pyboot.codec;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

import io.pyboot.PythonContextLostException;
import io.pyboot.binding.LibPyboot;

/**
 * The contexts of this process whose Python objects may arrive: what makes a
 * {@link io.pyboot.PythonObject} of an id in each. Thread-safe.
 */
public final class ContextHomes {

	private static final ConcurrentHashMap<Long, LongFunction<Object>> HOMES = new ConcurrentHashMap<>();

	private ContextHomes() {
	}

	/**
	 * Objects of the context may arrive from here on.
	 * @param context id of the context
	 * @param home makes the Java side of a handle; takes over a count of the id
	 */
	public static void open(long context, LongFunction<Object> home) {
		HOMES.put(context, home);
	}

	/** Objects of the context are lost. */
	public static void close(long context) {
		HOMES.remove(context);
	}

	/** What a handle in a message becomes. */
	static Object arrived(long context, long id) {
		LongFunction<Object> home = HOMES.get(context);
		if (home == null || LibPyboot.pb_retain(context, id) == 0) {
			throw new PythonContextLostException(
					"A Python object was lost on its way: the context that kept it was replaced or has ended");
		}
		return home.apply(id);
	}

}
