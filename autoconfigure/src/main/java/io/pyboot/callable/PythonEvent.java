package io.pyboot.callable;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;

/**
 * Python code has called {@code pyboot.publish(payload)}. Listeners run on the thread of
 * the callback, before {@code publish} returns; what they throw arrives in Python as
 * {@code pyboot.JavaError}.
 */
public class PythonEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable Object payload;

	private final @Nullable String pool;

	private final int context;

	/**
	 * @param source what publishes it
	 * @param payload what Python code published, as a result of Python would be
	 * @param pool name of the pool, {@code null} if it is not known
	 * @param context index of the context in its pool, -1 if it is not known
	 */
	public PythonEvent(Object source, @Nullable Object payload, @Nullable String pool, int context) {
		super(source);
		this.payload = payload;
		this.pool = pool;
		this.context = context;
	}

	/**
	 * What was published, {@code null} for {@code None}.
	 */
	public @Nullable Object getPayload() {
		return this.payload;
	}

	/**
	 * Name of the pool whose Python code published it; {@code null} on a thread that
	 * Python code started in the main interpreter.
	 */
	public @Nullable String getPool() {
		return this.pool;
	}

	/**
	 * Index in the pool of the context whose Python code published it, or -1.
	 */
	public int getContext() {
		return this.context;
	}

}
