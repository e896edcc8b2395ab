package io.pyboot.runtime;

/**
 * Life cycle of the runtime and of each pool. Moves forward only, except that a stopped
 * one may be started again: {@code UNINIT -> INITING -> RUNNING -> SHUTTING_DOWN ->
 * STOPPED -> INITING}. A failed start goes from {@code INITING} to {@code STOPPED}.
 */
public enum RuntimeState {

	/** Never started. */
	UNINIT,
	/** Starting; work is rejected. */
	INITING,
	/** The only state in which work is accepted. */
	RUNNING,
	/** Stopping: accepted work is finished, new work is rejected. */
	SHUTTING_DOWN,
	/** Stopped; may be started again. */
	STOPPED;

	/**
	 * Whether the life cycle allows to go from this state to the given one.
	 */
	public boolean canBecome(RuntimeState next) {
		return switch (this) {
			case UNINIT, STOPPED -> next == INITING;
			case INITING -> next == RUNNING || next == STOPPED;
			case RUNNING -> next == SHUTTING_DOWN;
			case SHUTTING_DOWN -> next == STOPPED;
		};
	}

}
