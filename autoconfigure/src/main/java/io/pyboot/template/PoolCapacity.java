package io.pyboot.template;

import java.util.Collection;
import java.util.Set;

import io.pyboot.pool.ContextSnapshot;
import io.pyboot.pool.PythonPool;

/**
 * How much of a pool can serve.
 *
 * @param contexts number of contexts
 * @param serving how many of them take requests: not those that are stuck, lost or being
 * replaced
 */
public record PoolCapacity(int contexts, int serving) {

	private static final Set<String> SERVING = Set.of("IDLE", "BUSY");

	/**
	 * The capacity of a pool at this moment.
	 */
	public static PoolCapacity of(PythonPool pool) {
		return of(pool.contexts());
	}

	static PoolCapacity of(Collection<ContextSnapshot> contexts) {
		int serving = (int) contexts.stream().filter((context) -> SERVING.contains(context.state())).count();
		return new PoolCapacity(contexts.size(), serving);
	}

	/**
	 * Whether a request would find a context.
	 */
	public boolean canServe() {
		return this.serving > 0;
	}

}
