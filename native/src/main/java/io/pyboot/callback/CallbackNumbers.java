package io.pyboot.callback;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * Numbers for the names of callbacks, the same for all pools of the process, since the
 * contexts of the main interpreter share what they know. A name keeps its number for
 * ever.
 */
final class CallbackNumbers {

	/** Gives the number of a name, or says that it is unknown. */
	static final int RESOLVE = 0;

	/** Gives the names. */
	static final int NAMES = 1;

	/** Names by number; guarded by the map's atomic operations. */
	private static final List<String> NAMES_BY_NUMBER = new CopyOnWriteArrayList<>(List.of("resolve", "names"));

	private static final ConcurrentHashMap<String, Integer> NUMBERS = new ConcurrentHashMap<>();

	private CallbackNumbers() {
	}

	static synchronized int of(String name) {
		return NUMBERS.computeIfAbsent(name, (added) -> {
			NAMES_BY_NUMBER.add(added);
			return NAMES_BY_NUMBER.size() - 1;
		});
	}

	static @Nullable String name(int number) {
		return (number >= 0 && number < NAMES_BY_NUMBER.size()) ? NAMES_BY_NUMBER.get(number) : null;
	}

}
