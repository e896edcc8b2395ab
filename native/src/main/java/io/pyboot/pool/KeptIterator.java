package io.pyboot.pool;

import java.util.List;
import java.util.NoSuchElementException;

import io.pyboot.PythonIterator;
import io.pyboot.PythonObject;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Python iterator for one element at a time. Used by one thread at a time.
 *
 * @param <T> type of the elements
 */
final class KeptIterator<T> implements PythonIterator<@Nullable T> {

	private final KeptObject iterator;

	private final Class<T> type;

	/** The next element in a list of one, if it was asked for. */
	private @Nullable List<?> next;

	private boolean ended;

	KeptIterator(KeptObject iterator, Class<T> type) {
		this.iterator = iterator;
		this.type = type;
	}

	@Override
	public boolean hasNext() {
		if (this.next == null && !this.ended) {
			this.next = (List<?>) this.iterator.run("next_of", ResultForm.VALUE, this.iterator,
					this.type == PythonObject.class);
			if (this.next == null) {
				this.ended = true;
				close();
			}
		}
		return this.next != null;
	}

	@Override
	public @Nullable T next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		Object element = java.util.Objects.requireNonNull(this.next).get(0);
		this.next = null;
		return this.iterator.converted(element, this.type);
	}

	@Override
	public void close() {
		this.iterator.close();
	}

}
