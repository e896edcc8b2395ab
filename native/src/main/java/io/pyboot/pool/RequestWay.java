package io.pyboot.pool;

/**
 * Which way a request took.
 */
public enum RequestWay {

	/** On the caller's own thread. */
	CALLER,
	/** On the owner thread, with a caller that waits. */
	OWNER,
	/** On the owner thread, for a future. */
	ASYNC,
	/** On the owner thread, without an answer. */
	CAST

}
