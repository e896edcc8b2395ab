package io.pyboot.callable;

import java.util.concurrent.Executor;

import io.pyboot.callback.CallbackExecutor;

/**
 * Runs callbacks on an executor and carries nothing over.
 *
 * @param executor runs the callbacks
 */
public record PlainCallbackExecutor(Executor executor) implements CallbackExecutor {

	@Override
	public Executor capture() {
		return this.executor;
	}

	@Override
	public Executor uncaptured() {
		return this.executor;
	}

}
