package io.pyboot.runtime;

import java.util.concurrent.atomic.AtomicReference;

import io.pyboot.PythonNotRunningException;

/**
 * The life cycle of a runtime or a pool.
 * <p>
 * Invariant: the state changes by compare-and-set along {@link RuntimeState#canBecome}
 * only. Whoever moved it to {@code INITING} or {@code SHUTTING_DOWN} is the one that
 * starts or stops.
 */
public final class StateMachine {

	private final AtomicReference<RuntimeState> state = new AtomicReference<>(RuntimeState.UNINIT);

	private final String subject;

	/**
	 * @param subject what it is the state of, as errors name it
	 */
	public StateMachine(String subject) {
		this.subject = subject;
	}

	/**
	 * The state now.
	 */
	public RuntimeState get() {
		return this.state.get();
	}

	/**
	 * Goes to the next state if the life cycle allows it.
	 * @return whether this call made the step
	 */
	public boolean moveTo(RuntimeState next) {
		RuntimeState now = this.state.get();
		return now.canBecome(next) && this.state.compareAndSet(now, next);
	}

	/**
	 * Rejects work in any state but {@code RUNNING}.
	 * @throws PythonNotRunningException naming the state
	 */
	public void requireRunning() {
		RuntimeState now = this.state.get();
		if (now != RuntimeState.RUNNING) {
			throw new PythonNotRunningException(this.subject + " takes no work: its state is " + now);
		}
	}

}
