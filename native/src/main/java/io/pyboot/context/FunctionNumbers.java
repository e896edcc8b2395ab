package io.pyboot.context;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.WireBuffer;

/**
 * Gives each function name a number, by which the contexts keep what they resolved. The
 * numbers are those of this process; names past {@link #LIMIT}, which only generated
 * names can reach, travel as text.
 */
public final class FunctionNumbers {

	/** No number: the name must be sent. */
	public static final int NONE = -1;

	static final int LIMIT = 60_000;

	private static final ConcurrentHashMap<String, Integer> NUMBERS = new ConcurrentHashMap<>();

	private FunctionNumbers() {
	}

	/**
	 * The number of a name, or {@link #NONE}. libpyboot must be loaded.
	 */
	public static int of(String name) {
		Integer number = NUMBERS.get(name);
		return (number != null) ? number : define(name);
	}

	private static synchronized int define(String name) {
		Integer known = NUMBERS.get(name);
		if (known != null) {
			return known;
		}
		int number = NUMBERS.size();
		byte[] text = name.getBytes(StandardCharsets.UTF_8);
		if (number >= LIMIT || text.length > 1024) {
			return NONE;
		}
		ByteBuffer memory = ByteBuffer.allocateDirect(text.length + 1).put(text);
		boolean defined = LibPyboot.pb_define_function(number, WireBuffer.addressOf(memory), text.length) != 0;
		Reference.reachabilityFence(memory);
		if (!defined) {
			return NONE;
		}
		NUMBERS.put(name, number);
		return number;
	}

}
