package io.pyboot.pool;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What one request may ask for beside its work.
 *
 * @param timeout deadline counted from the submission, or {@code null} for the pool's
 * @param affinityKey requests with equal keys go to the same context, or {@code null}
 * @param contextIndex the context to use, 0-based, or -1 for any
 */
public record RequestOptions(@Nullable Duration timeout, @Nullable Object affinityKey, int contextIndex) {

	/**
	 * Nothing special.
	 */
	public static final RequestOptions NONE = new RequestOptions(null, null, -1);

	public RequestOptions {
		if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
			throw new IllegalArgumentException("timeout must be positive but is " + timeout);
		}
	}

	public RequestOptions withTimeout(@Nullable Duration timeout) {
		return new RequestOptions(timeout, this.affinityKey, this.contextIndex);
	}

	public RequestOptions withAffinityKey(@Nullable Object affinityKey) {
		return new RequestOptions(this.timeout, affinityKey, this.contextIndex);
	}

	public RequestOptions withContextIndex(int contextIndex) {
		return new RequestOptions(this.timeout, this.affinityKey, contextIndex);
	}

}
