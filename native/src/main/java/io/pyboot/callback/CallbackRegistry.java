package io.pyboot.callback;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The callbacks that Python code may call, by name. Nothing else of the application can
 * be reached from Python. Thread-safe; a change is seen by the next call.
 * <p>
 * Invariant: {@link #byNumber} and {@link #names} are replaced as a whole, under the lock
 * of this object, and never changed; so a reader sees the state before or after a change.
 */
public final class CallbackRegistry {

	private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

	/** What {@code from pyboot import name} finds without a callback. */
	private static final Set<String> RESERVED = Set.of("call", "callbacks", "context", "publish", "log", "environment",
			"bean_names", "state", "acall", "run", "create_task", "reactor", "channel", "Channel", "ChannelClosed",
			"reload", "Context", "JavaError", "JavaRef", "LogHandler", "RequestInterrupted", "handle", "False", "None",
			"True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
			"except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
			"pass", "raise", "return", "try", "while", "with", "yield");

	/** By the number that Python code knows a name by; an entry may be null. */
	private volatile @Nullable PythonCallback[] byNumber = new PythonCallback[0];

	private volatile Map<String, PythonCallback> names = Map.of();

	public CallbackRegistry() {
		JavaRefCallbacks.register(this);
	}

	/**
	 * A callback that was registered.
	 */
	@FunctionalInterface
	public interface Registration extends AutoCloseable {

		/**
		 * Unregisters the callback, if it is still the one of its name. From then on its
		 * name is unknown in Python; calls that run go on.
		 */
		@Override
		void close();

	}

	/**
	 * Registers a callback.
	 * @param name a Python identifier that neither Python nor the package {@code pyboot}
	 * has taken
	 * @param callback what it does
	 * @throws IllegalArgumentException if the name is no identifier or is taken
	 */
	public Registration register(String name, PythonCallback callback) {
		if (!NAME.matcher(name).matches() || name.startsWith("_")) {
			throw new IllegalArgumentException("'" + name + "' cannot be the name of a callback: it must be a Python"
					+ " identifier of ASCII letters, digits and underscores that begins with a letter");
		}
		if (RESERVED.contains(name)) {
			throw new IllegalArgumentException(
					"'" + name + "' cannot be the name of a callback: Python or the package pyboot uses it");
		}
		return put(name, callback);
	}

	/**
	 * Registers a function of the package {@code pyboot} itself, which is not listed.
	 * @param name a name that no user's callback can have, such as {@code pyboot.log}
	 */
	public Registration registerInternal(String name, PythonCallback callback) {
		if (NAME.matcher(name).matches()) {
			throw new IllegalArgumentException("'" + name + "' is a name for users");
		}
		return put(name, callback);
	}

	/**
	 * Unregisters the callback of a name, however it was registered, other than one of
	 * the package {@code pyboot} itself. Calls that run go on.
	 * @return whether there was one
	 */
	public synchronized boolean unregister(String name) {
		if (!NAME.matcher(name).matches() || !this.names.containsKey(name)) {
			return false;
		}
		change(name, (previous) -> null);
		return true;
	}

	/**
	 * Like {@link #registerInternal}, but does nothing if the name has a callback.
	 */
	public synchronized void registerInternalIfAbsent(String name, PythonCallback callback) {
		if (!this.names.containsKey(name)) {
			registerInternal(name, callback);
		}
	}

	private synchronized Registration put(String name, PythonCallback callback) {
		if (this.names.containsKey(name)) {
			throw new IllegalArgumentException("A callback named '" + name + "' is registered already");
		}
		change(name, (previous) -> callback);
		return () -> {
			synchronized (this) {
				if (this.names.get(name) == callback) {
					change(name, (previous) -> null);
				}
			}
		};
	}

	private void change(String name, UnaryOperator<@Nullable PythonCallback> change) {
		Map<String, PythonCallback> names = new TreeMap<>(this.names);
		PythonCallback callback = change.apply(names.remove(name));
		if (callback != null) {
			names.put(name, callback);
		}
		int number = CallbackNumbers.of(name);
		@Nullable PythonCallback[] byNumber = Arrays.copyOf(this.byNumber, Math.max(number + 1, this.byNumber.length));
		byNumber[number] = callback;
		this.names = names;
		this.byNumber = byNumber;
	}

	/**
	 * The callback of a number, {@code null} if nothing is registered under its name.
	 */
	@Nullable PythonCallback find(int number) {
		@Nullable PythonCallback[] all = this.byNumber;
		return (number >= 0 && number < all.length) ? all[number] : null;
	}

	/**
	 * The callback of a name, {@code null} if it is unknown. Calling it does what Python
	 * code would, without Python.
	 */
	public @Nullable PythonCallback find(String name) {
		return this.names.get(name);
	}

	/**
	 * Whether a callback of this name is registered, internal ones included.
	 */
	public boolean contains(String name) {
		return this.names.containsKey(name);
	}

	/**
	 * The names of the users' callbacks, in order.
	 */
	public List<String> names() {
		List<String> names = new ArrayList<>(this.names.keySet());
		names.removeIf((name) -> !NAME.matcher(name).matches());
		return names;
	}

}
