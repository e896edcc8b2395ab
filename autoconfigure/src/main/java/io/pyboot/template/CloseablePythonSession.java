package io.pyboot.template;

/**
 * A session that its user ends. Thread-safe.
 */
public interface CloseablePythonSession extends PythonSessionOperations, AutoCloseable {

	/**
	 * Drops the namespace; later requests are a
	 * {@link io.pyboot.PythonNotRunningException}. A second call does nothing. A session
	 * that is never closed ends when it is no longer reachable.
	 */
	@Override
	void close();

}
