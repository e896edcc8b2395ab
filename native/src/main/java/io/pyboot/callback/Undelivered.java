package io.pyboot.callback;

/**
 * A result of a callback that has to know when nobody waited for it any more, because the
 * request that asked was interrupted.
 */
@FunctionalInterface
public interface Undelivered {

	/** The result did not reach Python. */
	void undelivered();

}
