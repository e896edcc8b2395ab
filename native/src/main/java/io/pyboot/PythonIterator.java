package io.pyboot;

import java.util.Iterator;

/**
 * Iterates a Python object. Lazy: each element is asked for when it is needed, in a
 * request of its own. Used by one thread at a time.
 *
 * @param <T> type of the elements
 */
public interface PythonIterator<T> extends Iterator<T>, AutoCloseable {

	/**
	 * Gives the iterator up; Python drops it, which runs the {@code finally} of a
	 * generator. Iterating further is an error. A second call does nothing.
	 */
	@Override
	void close();

}
