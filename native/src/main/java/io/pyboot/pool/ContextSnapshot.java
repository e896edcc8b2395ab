package io.pyboot.pool;

import java.time.Duration;

/**
 * A context at one moment.
 *
 * @param index its 0-based place in the pool
 * @param generation tells a context from its predecessors at the same place
 * @param state {@code IDLE}, {@code BUSY} or {@code STOPPED}
 * @param requests run so far
 * @param queueDepth requests that wait for or run on the owner thread
 * @param uptime since it was made
 * @param memoryBytes memory of the interpreter, -1 if unknown
 */
public record ContextSnapshot(int index, long generation, String state, long requests, int queueDepth, Duration uptime,
		long memoryBytes) {

}
