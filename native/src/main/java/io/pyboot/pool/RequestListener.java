package io.pyboot.pool;

/**
 * Hears of every request that ended, for metrics. Called on the thread that the request
 * ended on, on the hot path: it must not block and must not throw. Casts that succeed are
 * counted but not reported.
 */
@FunctionalInterface
public interface RequestListener {

	/**
	 * A request ended.
	 * @param nanos time since it was made, in nanoseconds
	 */
	void completed(RequestKind kind, RequestOutcome outcome, long nanos);

}
