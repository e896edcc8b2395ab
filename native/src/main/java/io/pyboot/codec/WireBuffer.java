package io.pyboot.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.jna.Native;
import io.pyboot.PythonView;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for one message at a time: a request is written, libpyboot puts the
 * reply in its place. A platform thread keeps one of its own; virtual threads, and a
 * thread whose own is in use (a request made while another is being written), take one
 * from a shared stock.
 * <p>
 * Invariant: between {@link #acquire} and {@link #release} a buffer belongs to one
 * thread. The memory is freed with the buffer, so the buffer must be reachable while
 * native code uses its address: see {@link java.lang.ref.Reference#reachabilityFence}.
 */
public final class WireBuffer {

	private static final int INITIAL_CAPACITY = 64 << 10;

	/** Larger memory is not kept between messages. */
	private static final int KEPT_CAPACITY = 4 << 20;

	private static final int STOCK = 64;

	private static final ThreadLocal<WireBuffer> OWN = ThreadLocal.withInitial(() -> new WireBuffer(true));

	private static final ConcurrentLinkedQueue<WireBuffer> STOCKED = new ConcurrentLinkedQueue<>();

	/** About the size of the stock; a race makes it a little larger, never wrong. */
	private static final AtomicInteger STOCKED_COUNT = new AtomicInteger();

	private static final AtomicInteger SERIAL = new AtomicInteger();

	private final boolean own;

	private final long requestBase = (SERIAL.incrementAndGet() & 0x7fff_ffffL) << 32;

	/**
	 * What changes at each message, in the middle of an array: far enough from the fields
	 * of any other thread's buffer that the two never share a cache line, wherever the
	 * garbage collector puts them (measured: two threads lost up to 40 percent to that).
	 */
	private final int[] hot = new int[64];

	private static final int REQUEST_COUNT = 32;

	private static final int IN_USE = 33;

	private ByteBuffer memory;

	private long address;

	/** What the message lends to Python. */
	private @Nullable LentViews views;

	/**
	 * While pinned: the memory that native code uses, and its address. Callbacks that run
	 * meanwhile write their answers into it, or into larger memory that takes its place
	 * until the next one.
	 */
	private @Nullable ByteBuffer pinned;

	private long pinnedAddress;

	/**
	 * Of a thread's own buffer: the pinned shared ones of that thread, last one first.
	 */
	private @Nullable ArrayDeque<WireBuffer> pinnedShared;

	private WireBuffer(boolean own) {
		this.own = own;
		this.memory = allocate(INITIAL_CAPACITY);
		this.address = addressOf(this.memory);
	}

	private static ByteBuffer allocate(int capacity) {
		return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
	}

	/**
	 * The address of direct memory, valid while the buffer is reachable.
	 */
	public static long addressOf(ByteBuffer direct) {
		return com.sun.jna.Pointer.nativeValue(Native.getDirectBufferPointer(direct));
	}

	/**
	 * A buffer for the calling platform thread.
	 */
	public static WireBuffer acquire() {
		WireBuffer buffer = OWN.get();
		if (buffer.hot[IN_USE] != 0) {
			return acquireShared();
		}
		buffer.hot[IN_USE] = 1;
		return buffer;
	}

	/**
	 * A buffer from the shared stock: for virtual threads, which are too many to have one
	 * each.
	 */
	public static WireBuffer acquireShared() {
		WireBuffer buffer = STOCKED.poll();
		if (buffer == null) {
			buffer = new WireBuffer(false);
		}
		else {
			STOCKED_COUNT.decrementAndGet();
		}
		buffer.hot[IN_USE] = 1;
		return buffer;
	}

	long lend(PythonView view) {
		LentViews views = this.views;
		if (views == null) {
			views = new LentViews();
			this.views = views;
		}
		return views.open(view);
	}

	/**
	 * Takes over what the message lends to Python: whoever does must close it when the
	 * request has ended. Otherwise {@link #release} does.
	 * @return {@code null} if it lends nothing
	 */
	public @Nullable LentViews takeViews() {
		LentViews views = this.views;
		this.views = null;
		return views;
	}

	/**
	 * Gives the buffer back, when the request has ended.
	 */
	public void release() {
		LentViews views = takeViews();
		if (views != null) {
			views.close();
		}
		if (this.memory.capacity() > KEPT_CAPACITY) {
			this.memory = allocate(INITIAL_CAPACITY);
			this.address = addressOf(this.memory);
		}
		this.hot[IN_USE] = 0;
		if (!this.own && STOCKED_COUNT.get() < STOCK) {
			STOCKED_COUNT.incrementAndGet();
			STOCKED.add(this);
		}
	}

	/**
	 * Keeps the memory in place while native code uses it on the calling thread, until
	 * {@link #unpin}.
	 */
	public void pin() {
		this.pinned = this.memory;
		this.pinnedAddress = this.address;
		if (!this.own) {
			WireBuffer mine = OWN.get();
			if (mine.pinnedShared == null) {
				mine.pinnedShared = new ArrayDeque<>();
			}
			mine.pinnedShared.push(this);
		}
	}

	/** Native code has returned; larger memory that came meanwhile is dropped. */
	public void unpin() {
		restore();
		this.pinned = null;
		this.pinnedAddress = 0;
		if (!this.own) {
			Objects.requireNonNull(OWN.get().pinnedShared).pop();
		}
	}

	private void restore() {
		ByteBuffer pinned = this.pinned;
		if (pinned != null && pinned != this.memory) {
			this.memory = pinned;
			this.address = this.pinnedAddress;
		}
	}

	/**
	 * The buffer whose memory the calling thread has pinned at the address, with that
	 * memory; {@code null} for none.
	 */
	public static @Nullable WireBuffer pinnedAt(long address) {
		WireBuffer mine = OWN.get();
		WireBuffer found = (mine.pinnedAddress == address) ? mine : null;
		if (found == null && mine.pinnedShared != null) {
			for (WireBuffer shared : mine.pinnedShared) {
				if (shared.pinnedAddress == address) {
					found = shared;
					break;
				}
			}
		}
		if (found != null) {
			found.restore();
		}
		return found;
	}

	/**
	 * An id for the next request, unique in this process.
	 */
	public long nextRequestId() {
		return this.requestBase | (++this.hot[REQUEST_COUNT] & 0xffff_ffffL);
	}

	/**
	 * The memory; position and limit are not used.
	 */
	public ByteBuffer memory() {
		return this.memory;
	}

	/**
	 * Address of the memory, valid until it grows or the buffer is unreachable.
	 */
	public long address() {
		return this.address;
	}

	/**
	 * Size of the memory in bytes.
	 */
	public int capacity() {
		return this.memory.capacity();
	}

	/**
	 * Moves to larger memory and keeps the first bytes.
	 * @param used how many bytes to keep
	 * @param needed how many bytes there must be at least
	 */
	ByteBuffer grow(int used, int needed) {
		ByteBuffer larger = allocate(
				(int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, this.memory.capacity() * 2L)));
		larger.put(0, this.memory, 0, used);
		this.memory = larger;
		this.address = addressOf(larger);
		return larger;
	}

}
