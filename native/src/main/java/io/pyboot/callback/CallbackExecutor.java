package io.pyboot.callback;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs callbacks that no waiting Java thread can run: those of casts and asynchronous
 * calls, and of threads that Python code started.
 */
@FunctionalInterface
public interface CallbackExecutor {

	/**
	 * Called on the thread that submits a request. Gives the executor for that request's
	 * callbacks, which may carry over what the submitting thread has in its
	 * thread-locals. The executor must not run tasks on the thread that hands them over.
	 */
	Executor capture();

	/**
	 * What {@link #capture()} returns when it found nothing to carry over, {@code null}
	 * if it always carries something. A cast with that executor needs no memory of its
	 * own and costs no more than without callbacks.
	 */
	default @Nullable Executor uncaptured() {
		return null;
	}

}
