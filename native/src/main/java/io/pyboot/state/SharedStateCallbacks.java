package io.pyboot.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.callback.ValueCallback;
import org.jspecify.annotations.Nullable;

/**
 * What {@code pyboot.state} calls ({@code _state.py}).
 */
public final class SharedStateCallbacks {

	/** Told apart from every value, and so from {@code None}. */
	private static final Object MISSING = new Object();

	private final PythonSharedState state;

	private SharedStateCallbacks(PythonSharedState state) {
		this.state = state;
	}

	/**
	 * Makes a state known to the Python code of the pools that use a registry. Does
	 * nothing if they have one already.
	 */
	public static void register(CallbackRegistry registry, PythonSharedState state) {
		SharedStateCallbacks callbacks = new SharedStateCallbacks(state);
		ValueCallback run = (arguments, keywords) -> callbacks.run(arguments);
		registry.registerInternalIfAbsent("pyboot.state", run);
	}

	private @Nullable Object run(List<@Nullable Object> arguments) {
		String operation = String.valueOf(arguments.get(0));
		if (operation.equals("keys")) {
			return new ArrayList<>(this.state.keys());
		}
		if (operation.equals("copy")) {
			return copy();
		}
		String key = (String) arguments.get(1);
		if (key == null) {
			throw new CallbackArgumentException("a key must be a str");
		}
		return switch (operation) {
			case "get" -> found(this.state.getOrDefault(key, MISSING));
			case "contains" -> this.state.contains(key);
			case "remove" -> found(this.state.remove(key, MISSING));
			case "set" -> {
				this.state.set(key, arguments.get(2));
				yield null;
			}
			case "set_if_absent" -> this.state.setIfAbsent(key, arguments.get(2));
			case "compare_and_set" -> this.state.compareAndSet(key, arguments.get(2), arguments.get(3));
			case "increment" -> this.state.increment(key, number(arguments.get(2)));
			default -> throw new IllegalArgumentException(operation);
		};
	}

	/** A list of the value, or an empty one. */
	private static List<@Nullable Object> found(@Nullable Object value) {
		return (value == MISSING) ? List.of() : Arrays.asList(value);
	}

	private static long number(@Nullable Object value) {
		if (value instanceof Long number) {
			return number;
		}
		throw new ArithmeticException("What is added does not fit 64 bits");
	}

	private Map<String, @Nullable Object> copy() {
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		for (String key : this.state.keys()) {
			Object value = this.state.getOrDefault(key, MISSING);
			if (value != MISSING) { // else it was removed meanwhile
				copy.put(key, value);
			}
		}
		return copy;
	}

}
