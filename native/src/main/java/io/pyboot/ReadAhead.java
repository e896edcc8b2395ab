package io.pyboot;

import java.util.Iterator;
import java.util.stream.BaseStream;

/**
 * A Java iterator or stream as an argument, of which Python takes several items at a
 * time. Without it Python takes each item when it needs it, one crossing an item, and the
 * Java side is never ahead; with it crossings are fewer, and up to so many items are
 * taken that Python may never ask for.
 *
 * @param items an {@link Iterator} or a {@link BaseStream}, which is closed when the
 * request has ended
 * @param count how many items are taken at a time, at least 1
 */
public record ReadAhead(Object items, int count) {

	public ReadAhead {
		if (!(items instanceof Iterator || items instanceof BaseStream)) {
			throw new IllegalArgumentException(
					"Only an Iterator or a Stream can be read ahead, not a " + items.getClass().getName());
		}
		if (count < 1) {
			throw new IllegalArgumentException("At least 1 item must be taken at a time, not " + count);
		}
	}

	/**
	 * Takes so many items of an iterator at a time.
	 */
	public static ReadAhead of(Iterator<?> iterator, int count) {
		return new ReadAhead(iterator, count);
	}

	/**
	 * Takes so many items of a stream at a time.
	 */
	public static ReadAhead of(BaseStream<?, ?> stream, int count) {
		return new ReadAhead(stream, count);
	}

}
