package io.pyboot.runtime;

import java.util.Locale;

/**
 * Counters that libpyboot keeps, for the whole process. The order is that of
 * {@code pb_counter} in pb_counters.h.
 */
public enum NativeCounter {

	/** Contexts that came up. */
	CONTEXTS_CREATED,
	/** Contexts that ended in order. */
	CONTEXTS_DESTROYED,
	/** Contexts that could not be ended and were left alone. */
	CONTEXTS_ABANDONED,
	/** Thread states made for Java threads that entered a context. */
	THREAD_STATES_CREATED,
	/** Thread states freed because their thread or their context ended. */
	THREAD_STATES_REAPED,
	/** Interrupts asked for. */
	INTERRUPTS_SENT,
	/** Interrupts that reached their request. */
	INTERRUPTS_DELIVERED,
	/** Interrupts whose request had ended. */
	INTERRUPTS_TOO_LATE,
	/** Requests given up while queued, which never ran. */
	REQUESTS_DROPPED,
	/** Answers that nobody waited for any more. */
	REPLIES_DROPPED,
	/** Times a sleeping owner thread was woken. */
	WAKEUPS_OWNER,
	/** Times a waiting caller was woken. */
	WAKEUPS_CALLER,
	/** Times a sleeping drainer was woken. */
	WAKEUPS_DRAINER,
	/** Extension modules imported in main before a subinterpreter might. */
	EXTENSIONS_PROBED,
	/** Java buffers that Python code still saw when their request had ended. */
	VIEWS_PINNED,
	/** Those of them that Python code let go of later. */
	VIEWS_UNPINNED;

	private final String id;

	NativeCounter() {
		String name = name().toLowerCase(Locale.ROOT);
		int split = name.indexOf('_');
		this.id = name.startsWith("thread_states_") ? "threadstates." + name.substring("thread_states_".length())
				: name.substring(0, split) + "." + name.substring(split + 1).replace("_", "");
	}

	/**
	 * The counter's name in metrics and in the actuator endpoint, such as
	 * {@code contexts.created}.
	 */
	public String id() {
		return this.id;
	}

}
