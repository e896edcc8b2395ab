package io.pyboot;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.RandomAccess;

import org.jspecify.annotations.Nullable;

/**
 * A Python {@code tuple}: an immutable list that goes back to Python as a tuple. Equal to
 * any list of the same elements.
 */
public final class PythonTuple extends AbstractList<@Nullable Object> implements RandomAccess, Serializable {

	private static final long serialVersionUID = 1L;

	private final @Nullable Object[] elements;

	private PythonTuple(@Nullable Object[] elements) {
		this.elements = elements;
	}

	/**
	 * A tuple of the given elements.
	 * @param elements each may be {@code null} (Python's {@code None}); copied
	 */
	public static PythonTuple of(@Nullable Object... elements) {
		return new PythonTuple(elements.clone());
	}

	@Override
	public @Nullable Object get(int index) {
		return this.elements[index];
	}

	@Override
	public int size() {
		return this.elements.length;
	}

}
