package io.pyboot.context;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Duration;

import io.pyboot.PythonContextLostException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.WireBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a context: from its start to its end. Thread-safe; libpyboot checks the id
 * at each use, so that a call after the end is refused, never a crash.
 */
public final class PythonContext {

	private static final long SLICE = 50_000_000;

	private final long id;

	private final long startedAt = System.nanoTime();

	private PythonContext(long id) {
		this.id = id;
	}

	/**
	 * Starts a context and waits until it is ready.
	 * @param subinterpreter whether it has an interpreter of its own, else a namespace in
	 * main
	 * @param pool number of the native pool that its answers go to
	 * @param queueCapacity slots on the owner's way
	 * @param config direct memory with the dict for {@code setup} in pyboot._engine
	 * @param configLength length of the dict
	 * @param timeout how long the start may take
	 * @throws io.pyboot.PythonCallException what the start raised in Python
	 * @throws PythonContextLostException if the start takes too long
	 */
	public static PythonContext start(boolean subinterpreter, long pool, int queueCapacity, ByteBuffer config,
			int configLength, Duration timeout) {
		long id = LibPyboot.pb_start_context(subinterpreter ? 1 : 0, pool, queueCapacity, WireBuffer.addressOf(config),
				configLength);
		if (id < 0) {
			throw new PythonContextLostException("No context could be made: out of memory, threads or context numbers");
		}
		PythonContext context = new PythonContext(id);
		long until = System.nanoTime() + timeout.toNanos();
		WireBuffer buffer = WireBuffer.acquireShared();
		try {
			long length;
			while ((length = LibPyboot.pb_await_start(id, buffer.address(), buffer.capacity(),
					SLICE)) == LibPyboot.PENDING) {
				if (System.nanoTime() - until > 0) {
					context.stop(Duration.ZERO);
					throw new PythonContextLostException("The context did not start within " + timeout);
				}
			}
			if (length != 0) {
				ReplyReader.read(buffer, length);
				throw new PythonContextLostException("The context did not start");
			}
			return context;
		}
		finally {
			buffer.release();
			Reference.reachabilityFence(config);
		}
	}

	/**
	 * Runs the request in the buffer on the calling thread, which must be a platform
	 * thread. The reply takes its place. Callbacks run on the same thread meanwhile.
	 * @param nested whether a callback of this context makes the request
	 * @return length of the reply, or one of the negative results of {@link LibPyboot}
	 */
	public long call(boolean nested, WireBuffer buffer, int length, long requestId) {
		buffer.pin();
		try {
			return LibPyboot.pb_call(this.id, nested ? 1 : 0, buffer.address(), length, buffer.capacity(), requestId);
		}
		finally {
			buffer.unpin();
		}
	}

	/**
	 * Answers a callback with what is in the buffer.
	 * @param ticket the ticket that came with the callback
	 */
	public void answer(long ticket, WireBuffer buffer, int length) {
		answer(this.id, ticket, buffer, length);
	}

	/**
	 * Answers a callback of the context with the given id. Takes what the answer holds,
	 * whether or not somebody waits for it.
	 * @return whether somebody waited for the answer
	 */
	public static boolean answer(long id, long ticket, WireBuffer buffer, int length) {
		long result = LibPyboot.pb_answer(id, ticket, buffer.address(), length);
		Reference.reachabilityFence(buffer);
		return result == 0;
	}

	/**
	 * Queues a copy of the request in the buffer for the owner thread. Does not block.
	 * @param kind one of the kinds of {@link LibPyboot}
	 * @return a ticket, or {@link LibPyboot#STALE}, {@link LibPyboot#FULL} or
	 * {@link LibPyboot#NO_MEMORY}
	 */
	public long submit(int kind, WireBuffer buffer, int length, long requestId) {
		long result = LibPyboot.pb_submit(this.id, kind, buffer.address(), length, requestId);
		Reference.reachabilityFence(buffer);
		return result;
	}

	/**
	 * Waits for the answer to a submitted request, blocking the thread.
	 * @param nanos how long to wait at most
	 * @return length of the reply in the buffer, or a negative result;
	 * {@link LibPyboot#CALLBACK} if the request asks for a callback, which the thread
	 * must answer: the buffer then holds its ticket, the address of its message and the
	 * message's length, or address 0 and the message itself after the three
	 */
	public long await(long ticket, WireBuffer buffer, long nanos) {
		long result = LibPyboot.pb_await(this.id, ticket, buffer.address(), buffer.capacity(), nanos);
		Reference.reachabilityFence(buffer);
		return result;
	}

	/**
	 * Gives a submitted request up.
	 * @return one of the {@code CANCEL_} results of {@link LibPyboot}, or
	 * {@link LibPyboot#STALE}
	 */
	public int cancel(long ticket) {
		return (int) LibPyboot.pb_cancel(this.id, ticket);
	}

	/**
	 * Whether a submitted request still waits for its turn.
	 */
	public boolean isQueued(long ticket) {
		return LibPyboot.pb_is_queued(this.id, ticket) != 0;
	}

	/**
	 * Raises {@code pyboot.RequestInterrupted} in the request, if it still runs. Does not
	 * wait.
	 */
	public void interrupt(long requestId) {
		LibPyboot.pb_interrupt(this.id, requestId);
	}

	/**
	 * Raises {@code pyboot.RequestInterrupted} in every request that runs now.
	 */
	public void interruptAll() {
		LibPyboot.pb_interrupt(this.id, 0);
	}

	/** Identifies this life of the context in this process. */
	public long id() {
		return this.id;
	}

	/**
	 * Begins the end: no work is taken any more. What runs is finished; callers and
	 * threads that Python code started are given the grace to leave, else the interpreter
	 * is left alone and counted as abandoned.
	 */
	public void stop(Duration grace) {
		LibPyboot.pb_stop_context(this.id, grace.toNanos());
	}

	/**
	 * Waits for the end.
	 * @return whether the context ended in order within the time; not if it was abandoned
	 */
	public boolean awaitEnd(Duration timeout) {
		return LibPyboot.pb_await_end(this.id, timeout.toNanos()) == LibPyboot.ENDED;
	}

	/**
	 * Requests on the owner's way, waiting or running; -1 if the context takes no work.
	 */
	public int queueLength() {
		return (int) LibPyboot.pb_queue_length(this.id);
	}

	/**
	 * Requests run so far; -1 if the context takes no work.
	 */
	public long requestCount() {
		return LibPyboot.pb_request_count(this.id);
	}

	/**
	 * How long the context has been there.
	 */
	public Duration uptime() {
		return Duration.ofNanos(System.nanoTime() - this.startedAt);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof PythonContext context && context.id == this.id;
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.id);
	}

}
