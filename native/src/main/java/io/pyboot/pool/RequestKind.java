package io.pyboot.pool;

/**
 * What a request does.
 */
public enum RequestKind {

	/** Calls a function. */
	CALL,
	/** Evaluates an expression. */
	EVAL,
	/** Executes statements, or does housekeeping. */
	EXEC

}
