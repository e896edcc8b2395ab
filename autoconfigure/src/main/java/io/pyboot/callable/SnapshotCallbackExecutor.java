package io.pyboot.callable;

import java.util.Map;
import java.util.concurrent.Executor;

import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.pyboot.callback.CallbackExecutor;

/**
 * Runs callbacks with the thread-locals of the thread that submitted the request, as far
 * as Micrometer's context propagation knows them.
 */
public final class SnapshotCallbackExecutor implements CallbackExecutor {

	private final Executor executor;

	private final ContextRegistry registry;

	private final ContextSnapshotFactory snapshots;

	/**
	 * @param executor runs the callbacks
	 * @param registry what is carried over
	 */
	public SnapshotCallbackExecutor(Executor executor, ContextRegistry registry) {
		this.executor = executor;
		this.registry = registry;
		this.snapshots = ContextSnapshotFactory.builder().contextRegistry(registry).clearMissing(true).build();
	}

	@Override
	public Executor capture() {
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			if (isSet(accessor.getValue())) {
				return this.snapshots.captureAll().wrapExecutor(this.executor);
			}
		}
		return this.executor;
	}

	/** An MDC without entries is an empty map. */
	private static boolean isSet(Object value) {
		return value != null && !(value instanceof Map<?, ?> map && map.isEmpty());
	}

	@Override
	public Executor uncaptured() {
		return this.executor;
	}

}
