package io.pyboot.pool;

/**
 * Which thread runs a synchronous call without a deadline.
 */
public enum Dispatch {

	/**
	 * The caller's own thread where the CPython and the mode allow it, else the owner
	 * thread. Virtual threads always go through the owner thread.
	 */
	AUTO,
	/**
	 * Always the owner thread of the context: for libraries with thread affinity, such as
	 * {@code sqlite3} connections.
	 */
	OWNER

}
