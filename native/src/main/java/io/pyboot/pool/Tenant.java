package io.pyboot.pool;

import io.pyboot.pool.ContextSlot.Occupant;
import org.jspecify.annotations.Nullable;

/**
 * What one thread knows about its place in one pool. Used by that thread only.
 */
final class Tenant {

	/** The slot it used last. */
	@Nullable ContextSlot last;

	/**
	 * The context whose Python code has called the Java code that runs now; {@code null}
	 * if none has. A request that this code makes re-enters that context and needs no
	 * lease, so that it can never wait for itself.
	 */
	@Nullable Occupant inside;

	/**
	 * Whether the owner thread of {@link #inside} waits for the Java code that runs now,
	 * and serves the requests that it makes.
	 */
	boolean ownerWaits;

}
