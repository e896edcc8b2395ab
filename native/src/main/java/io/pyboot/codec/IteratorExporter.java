package io.pyboot.codec;

import java.util.Iterator;
import java.util.stream.BaseStream;

import io.pyboot.ReadAhead;

/**
 * Lets Python pull Java iterators.
 */
public interface IteratorExporter {

	/**
	 * Keeps an iterator for Python.
	 * @param source an {@link Iterator}, a {@link BaseStream} or a {@link ReadAhead}
	 * @param exports told how the keeping ends
	 * @return the number that Python pulls it by
	 */
	long export(Object source, Exports exports);

	/** Whether a value is such a source. */
	static boolean isSource(Object value) {
		return value instanceof Iterator || value instanceof BaseStream || value instanceof ReadAhead;
	}

}
