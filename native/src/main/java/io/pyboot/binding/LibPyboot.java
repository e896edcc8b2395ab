package io.pyboot.binding;

import java.nio.file.Path;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The functions that libpyboot exports, by JNA direct mapping: primitives only, since
 * each mapped object would cost more than the call. Addresses are those of memory that
 * the caller keeps reachable for the whole call. The comments are in pb_api.c.
 */
public final class LibPyboot {

	/** The version of these functions; {@link #pb_abi} must give the same. */
	public static final int ABI = 3;

	/** The reply moved to memory of its own: address and length are in the buffer. */
	public static final int LARGE = -1;

	/** The context is gone or takes no work; the request was not run. */
	public static final int STALE = -2;

	/** The queue of the context is full. */
	public static final int FULL = -3;

	/** Not finished within the given time. */
	public static final int PENDING = -4;

	/** No memory. */
	public static final int NO_MEMORY = -5;

	/** The request asks for a callback, which the waiting thread must answer. */
	public static final int CALLBACK = -6;

	/** A thread waits for the answer. */
	public static final int KIND_SYNC = 0;

	/** The drainer of the pool gets the answer. */
	public static final int KIND_ASYNC = 1;

	/** The drainer of the pool gets an answer only if it is a failure. */
	public static final int KIND_CAST = 2;

	/**
	 * Added to a kind: a callback of the context makes the request, so its owner, which
	 * waits for that callback, must run it meanwhile.
	 */
	public static final int NESTED = 8;

	/** Cancelled too late: the answer is there. */
	public static final int CANCEL_TOO_LATE = 0;

	/** Cancelled while queued: the request never runs. */
	public static final int CANCEL_DROPPED = 1;

	/** Cancelled while it runs: its answer will be dropped. */
	public static final int CANCEL_ABANDONED = 2;

	/** The context ended in order. */
	public static final int ENDED = 1;

	/** What Python code calls on a thread of Java that waits in {@link #pb_call}. */
	public interface Upcall extends Callback {

		/**
		 * Runs a callback. Must not throw.
		 * @param pool number of the native pool
		 * @param message address of the message
		 * @param length its length
		 * @return address of the answer: a 64-bit length, then so many bytes, which stay
		 * as they are until the thread calls libpyboot again
		 */
		long call(long pool, long message, long length);

	}

	private LibPyboot() {
	}

	/**
	 * Loads the library and binds the functions. Once in a class loader.
	 * @param library the shared library
	 * @throws UnsatisfiedLinkError if it cannot be loaded
	 */
	public static void load(Path library) {
		Native.register(LibPyboot.class, NativeLibrary.getInstance(library.toString()));
	}

	public static native long pb_abi();

	public static native long pb_protects_stack();

	public static native void pb_free(long address);

	public static native long pb_read_counters(long values, int length);

	public static native long pb_start_runtime(long strings, long config, int configLength, long buffer, int capacity);

	public static native long pb_call_main(long name, long argument, long buffer, int capacity);

	public static native long pb_define_function(int number, long name, int length);

	public static native long pb_start_context(int subinterpreter, long pool, int queueCapacity, long config,
			int configLength);

	public static native long pb_await_start(long context, long buffer, int capacity, long nanos);

	public static native long pb_stop_context(long context, long graceNanos);

	public static native long pb_await_end(long context, long nanos);

	public static native void pb_set_upcall(Upcall upcall);

	public static native long pb_call(long context, int nested, long buffer, int length, int capacity, long request);

	public static native long pb_submit(long context, int kind, long buffer, int length, long request);

	public static native long pb_answer(long context, long ticket, long buffer, int length);

	public static native long pb_await(long context, long ticket, long buffer, int capacity, long nanos);

	public static native long pb_cancel(long context, long ticket);

	public static native long pb_is_queued(long context, long ticket);

	public static native long pb_interrupt(long context, long request);

	public static native long pb_queue_length(long context);

	public static native long pb_request_count(long context);

	public static native long pb_open_view(long address, long length, int writable);

	public static native long pb_close_view(long view);

	public static native long pb_is_view_in_use(long view);

	public static native long pb_create_pool();

	public static native void pb_destroy_pool(long pool);

	public static native long pb_drain(long pool, long buffer, int capacity, long nanos);

	public static native void pb_stop_drainer(long pool);

	public static native long pb_casts_completed(long pool);

	public static native long pb_new_ref();

	public static native long pb_dead_refs(long ids, int capacity);

	public static native long pb_live_refs();

	public static native long pb_retain(long context, long id);

	public static native void pb_release(long context, long id);

	public static native void pb_drop(long message, long length);

	public static native long pb_live_handles(long context);

}
