package io.pyboot.pool;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;

import com.sun.jna.Pointer;
import io.pyboot.binding.LibPyboot;
import io.pyboot.callback.CallbackCall;
import io.pyboot.callback.CallbackExecutor;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireEncoder;
import io.pyboot.context.PythonContext;
import io.pyboot.pool.ContextSlot.Occupant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the callbacks of one pool's Python code, on the thread that waits for that code
 * if one does: inside {@code pb_call}, or between two waits on the owner's way. Else an
 * executor runs them.
 */
final class PoolCallbacks {

	private static final Logger logger = LoggerFactory.getLogger(PoolCallbacks.class);

	private static final int MAX_POOLS = 1024;

	/** By the number of the native pool; set while it is open. */
	private static final AtomicReferenceArray<@Nullable PoolCallbacks> OPEN = new AtomicReferenceArray<>(MAX_POOLS);

	/** Kept here for ever: libpyboot has its address. */
	private static final LibPyboot.Upcall UPCALL = PoolCallbacks::upcall;

	/**
	 * The answer to a message that did not lie in a pinned buffer, kept until the
	 * thread's next one.
	 */
	private static final ThreadLocal<@Nullable WireBuffer> LOOSE_ANSWER = new ThreadLocal<>();

	private static boolean upcallSet;

	private final PythonPool pool;

	private final CallbackRegistry registry;

	private final int number;

	private final ExecutorService defaultExecutor;

	private volatile CallbackExecutor executor;

	PoolCallbacks(PythonPool pool, CallbackRegistry registry, long nativePool) {
		this.pool = pool;
		this.registry = registry;
		this.number = (int) nativePool;
		this.defaultExecutor = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "pyboot-callbacks-" + pool.name());
			thread.setDaemon(true);
			return thread;
		});
		this.executor = new CallbackExecutor() {

			@Override
			public Executor capture() {
				return PoolCallbacks.this.defaultExecutor;
			}

			@Override
			public Executor uncaptured() {
				return PoolCallbacks.this.defaultExecutor;
			}

		};
	}

	void open() {
		synchronized (PoolCallbacks.class) {
			if (!upcallSet) {
				LibPyboot.pb_set_upcall(UPCALL);
				upcallSet = true;
			}
		}
		OPEN.set(this.number, this);
	}

	void close() {
		OPEN.compareAndSet(this.number, this, null);
		this.defaultExecutor.shutdown();
	}

	void setExecutor(CallbackExecutor executor) {
		this.executor = executor;
	}

	/** The executor for the callbacks of a request that the calling thread submits. */
	Executor capture() {
		return this.executor.capture();
	}

	/** Whether requests of the calling thread have an executor of their own. */
	boolean isCapturing(Executor captured) {
		return captured != this.executor.uncaptured();
	}

	// ---- the caller's way ----

	private static long upcall(long pool, long message, long length) {
		try {
			PoolCallbacks callbacks = (pool >= 0 && pool < MAX_POOLS) ? OPEN.get((int) pool) : null;
			if (callbacks == null) {
				LibPyboot.pb_drop(message, length);
				return 0;
			}
			WireBuffer pinned = WireBuffer.pinnedAt(message);
			return (pinned != null) ? callbacks.answer(pinned.memory(), (int) length, pinned)
					: callbacks.answerLoose(message, length);
		}
		catch (Throwable ex) {
			// Nothing may be thrown into C. Python code gets an error that says so.
			logger.error("A callback could not be answered", ex);
			return 0;
		}
	}

	private long answer(ByteBuffer message, int length, WireBuffer target) {
		CallbackCall call = CallbackCall.read(this.registry, message, 0, length);
		WireEncoder encoder = this.pool.encoder(target);
		// While the callback runs, nothing is in the buffer: what it calls has its own.
		call.run();
		encoder.writeLong(0);
		call.answer(encoder);
		if (call.hasFailed()) {
			encoder.endExports();
			call.undelivered();
		}
		target.memory().putLong(0, encoder.length() - Long.BYTES);
		return target.address();
	}

	private long answerLoose(long message, long length) {
		WireBuffer previous = LOOSE_ANSWER.get();
		if (previous != null) {
			LOOSE_ANSWER.remove();
			previous.release();
		}
		WireBuffer target = WireBuffer.acquireShared();
		try {
			return answer(new Pointer(message).getByteBuffer(0, length).order(ByteOrder.LITTLE_ENDIAN), (int) length,
					target);
		}
		finally {
			LOOSE_ANSWER.set(target);
		}
	}

	// ---- the owner's way ----

	/**
	 * Serves the callback that a wait for an answer ended with, on the thread that waits.
	 * @param buffer what {@link PythonContext#await} left there
	 */
	void serveWaiting(Occupant occupant, WireBuffer buffer) {
		ByteBuffer memory = buffer.memory();
		long ticket = memory.getLong(0);
		long address = memory.getLong(8);
		int length = (int) memory.getLong(16);
		CallbackCall call = (address == 0) ? CallbackCall.read(this.registry, memory, 24, 24 + length)
				: readAndFree(address, length);
		runInside(occupant, call);
		reply(occupant.context.id(), ticket, call, buffer);
	}

	/**
	 * Serves a callback on another thread.
	 * @param executor that of the request that asks, or {@code null}
	 */
	void serveElsewhere(@Nullable Executor executor, long context, long ticket, CallbackCall call) {
		Runnable task = () -> {
			Occupant occupant = this.pool.occupantOf(context);
			if (occupant != null) {
				runInside(occupant, call);
			}
			else {
				call.run();
			}
			WireBuffer buffer = WireBuffer.acquireShared();
			try {
				reply(context, ticket, call, buffer);
			}
			finally {
				buffer.release();
			}
		};
		try {
			((executor != null) ? executor : this.executor.capture()).execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.warn("The executor for callbacks of pool '{}' takes no work, so they run on a thread of the pool",
					this.pool.name(), ex);
			this.defaultExecutor.execute(task);
		}
	}

	/** Reads a message that the drainer got. */
	CallbackCall read(ByteBuffer memory, int start, int length) {
		return CallbackCall.read(this.registry, memory, start, start + length);
	}

	CallbackCall readAndFree(long address, int length) {
		try {
			ByteBuffer memory = new Pointer(address).getByteBuffer(0, length).order(ByteOrder.LITTLE_ENDIAN);
			return CallbackCall.read(this.registry, memory, 0, length);
		}
		finally {
			LibPyboot.pb_free(address);
		}
	}

	private void runInside(Occupant occupant, CallbackCall call) {
		Tenant tenant = this.pool.tenant();
		Occupant outside = tenant.inside;
		boolean ownerWaited = tenant.ownerWaits;
		tenant.inside = occupant;
		tenant.ownerWaits = true;
		try {
			call.run();
		}
		finally {
			tenant.inside = outside;
			tenant.ownerWaits = ownerWaited;
		}
	}

	private void reply(long context, long ticket, CallbackCall call, WireBuffer buffer) {
		WireEncoder encoder = this.pool.encoder(buffer);
		int length = 0;
		boolean wanted = false;
		try {
			call.answer(encoder);
			length = encoder.length();
		}
		finally { // without an answer Python would wait for ever
			wanted = PythonContext.answer(context, ticket, buffer, length);
			if (!wanted || call.hasFailed()) {
				encoder.endExports();
				call.undelivered();
			}
		}
	}

}
