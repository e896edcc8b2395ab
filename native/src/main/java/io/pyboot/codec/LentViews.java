package io.pyboot.codec;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.pyboot.PythonView;
import io.pyboot.binding.LibPyboot;

/**
 * The memory that one message lends to Python. It is opened while the message is written
 * and closed once, when the request has ended for Java.
 * <p>
 * Invariant: memory that Python may see is reachable, through this object until it is
 * closed and through {@link #PINNED} from then on, so the JVM does not free it.
 */
public final class LentViews {

	/**
	 * What Python still saw when it was closed, by its number, until Python lets go of
	 * it.
	 */
	private static final Map<Long, ByteBuffer> PINNED = new ConcurrentHashMap<>();

	private final List<Long> numbers = new ArrayList<>(1);

	private final List<ByteBuffer> memory = new ArrayList<>(1);

	LentViews() {
	}

	long open(PythonView view) {
		unpin();
		ByteBuffer lent = view.memory();
		long number = LibPyboot.pb_open_view(WireBuffer.addressOf(lent), lent.capacity(), view.isWritable() ? 1 : 0);
		if (number == 0) {
			throw new ConversionFailure("too many views are lent to Python at a time");
		}
		this.numbers.add(number);
		this.memory.add(lent);
		return number;
	}

	/**
	 * Ends the loan. What Python does not let go of stays reachable.
	 */
	public void close() {
		for (int i = 0; i < this.numbers.size(); i++) {
			long number = this.numbers.get(i);
			if (LibPyboot.pb_close_view(number) != 0) {
				PINNED.put(number, this.memory.get(i));
			}
		}
		Reference.reachabilityFence(this.memory);
		unpin();
	}

	/** Forgets what Python has let go of. */
	private static void unpin() {
		if (!PINNED.isEmpty()) {
			PINNED.keySet().removeIf((number) -> LibPyboot.pb_is_view_in_use(number) == 0);
		}
	}

	/**
	 * Number of buffers that Python has not let go of although their request has ended.
	 */
	public static int pinned() {
		unpin();
		return PINNED.size();
	}

}
