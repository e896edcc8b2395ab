package io.pyboot.pool;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.pyboot.binding.LibPyboot;
import io.pyboot.callback.CallbackCall;
import io.pyboot.codec.WireBuffer;
import io.pyboot.context.ReplyReader;
import io.pyboot.context.RequestNotRunException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that takes finished requests of all contexts of a pool and completes their
 * futures. It sleeps in libpyboot while there is nothing. Stages that depend on a future
 * run on this thread unless they are given an executor, so they must not block.
 */
final class Drainer implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Drainer.class);

	private static final int CAPACITY = 256 << 10;

	private static final int HEADER = 16;

	/** Flags of a record. */
	private static final int LARGE = 1;

	private static final int CALLBACK = 2;

	/** Id of the context and ticket, before the message of a callback. */
	private static final int ORIGIN = 16;

	private final PythonPool pool;

	private final OwnerWay way;

	private final long number;

	private final DrainerThread thread;

	/**
	 * Set after libpyboot was told, which refuses callbacks from then on: the first drain
	 * that begins after this was read takes all that there will ever be.
	 */
	private volatile boolean stopped;

	Drainer(PythonPool pool, OwnerWay way, long number) {
		this.pool = pool;
		this.way = way;
		this.number = number;
		this.thread = new DrainerThread(this, "pyboot-drainer-" + pool.name());
	}

	/** Known by its class, so that a stage that runs on it can be told not to wait. */
	private static final class DrainerThread extends Thread {

		DrainerThread(Runnable work, String name) {
			super(work, name);
			setDaemon(true);
		}

	}

	/** Whether the calling thread is a drainer. */
	static boolean isCurrent() {
		return Thread.currentThread() instanceof DrainerThread;
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Lets the thread end when nothing is left, and waits for that.
	 * @param millis how long to wait at most
	 * @return whether it ended; a stage of a user may block it
	 */
	boolean stop(long millis) {
		LibPyboot.pb_stop_drainer(this.number);
		this.stopped = true;
		if (isCurrent()) {
			return false;
		}
		try {
			this.thread.join(Math.max(1, millis));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return !this.thread.isAlive();
	}

	@Override
	public void run() {
		ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
		long address = WireBuffer.addressOf(memory);
		while (true) {
			boolean last = this.stopped;
			long length = LibPyboot.pb_drain(this.number, address, CAPACITY, last ? 0 : -1);
			if (length > 0) {
				deliver(memory, (int) length);
			}
			else if (last || length < 0) {
				break;
			}
		}
		Reference.reachabilityFence(memory);
	}

	/**
	 * Records as pb_pool_drain writes them: id, length, flags, bytes padded to 8.
	 */
	private void deliver(ByteBuffer memory, int end) {
		int at = 0;
		while (at < end) {
			long id = memory.getLong(at);
			int length = memory.getInt(at + 8);
			int flags = memory.getInt(at + 12);
			boolean large = (flags & LARGE) != 0;
			boolean callback = (flags & CALLBACK) != 0;
			try {
				if (callback) {
					deliverCallback(id, memory, at + HEADER, length, large);
				}
				else {
					deliver(id, memory, at + HEADER, length, large);
				}
			}
			catch (Throwable ex) {
				logger.error("A stage that depends on an asynchronous call of pool '{}' failed on its thread",
						this.pool.name(), ex);
			}
			at += HEADER + (callback ? ORIGIN : 0) + (large ? 8 : (length + 7) & ~7);
		}
	}

	private void deliverCallback(long id, ByteBuffer memory, int start, int length, boolean large) {
		PoolCallbacks callbacks = this.pool.callbacks();
		CallbackCall call = large ? callbacks.readAndFree(memory.getLong(start + ORIGIN), length)
				: callbacks.read(memory, start + ORIGIN, length);
		PendingRequest future = this.way.answered(id);
		callbacks.serveElsewhere((future != null) ? future.callbacks : null, memory.getLong(start),
				memory.getLong(start + 8), call);
	}

	private void deliver(long id, ByteBuffer memory, int start, int length, boolean large) {
		this.pool.requestCounters().decoded(length);
		boolean cast = (id & OwnerWay.CAST_MARK) != 0;
		PendingRequest future = cast ? null : this.way.answered(id);
		Object value;
		try {
			value = large ? ReplyReader.readLarge(memory.getLong(start), length)
					: ReplyReader.read(memory, start, length);
		}
		catch (RequestNotRunException ex) {
			notRun(future, cast, ex);
			return;
		}
		catch (RuntimeException | Error ex) {
			failed(future, cast, ex);
			return;
		}
		if (future != null) {
			future.succeed(value);
		}
	}

	private void notRun(@Nullable PendingRequest future, boolean cast, RequestNotRunException ex) {
		if (future != null) {
			OwnerWay.EXECUTOR.execute(() -> this.way.resubmit(future));
		}
		else if (cast) {
			this.pool.ended(RequestKind.CALL, RequestOutcome.CANCELLED, System.nanoTime());
			logger.warn("A cast of pool '{}' did not run: {}", this.pool.name(), ex.getMessage());
		}
	}

	private void failed(@Nullable PendingRequest future, boolean cast, Throwable ex) {
		if (future != null) {
			future.fail(ex);
		}
		else if (cast) {
			this.pool.ended(RequestKind.CALL, RequestOutcome.FAILED, System.nanoTime());
			logger.warn("A cast of pool '{}' failed", this.pool.name(), ex);
		}
	}

}
