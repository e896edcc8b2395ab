package io.pyboot;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;

import org.jspecify.annotations.Nullable;

/**
 * A Python {@code tuple}: an immutable list that goes back to Python as a tuple. Equal to
 * any list of the same elements. A named tuple brings the names of its elements; it goes
 * back without them.
 */
public final class PythonTuple extends AbstractList<@Nullable Object> implements RandomAccess, Serializable {

	private static final long serialVersionUID = 1L;

	private final @Nullable Object[] elements;

	private final String[] names;

	private PythonTuple(@Nullable Object[] elements, String[] names) {
		this.elements = elements;
		this.names = names;
	}

	/**
	 * A tuple of the given elements.
	 * @param elements each may be {@code null} (Python's {@code None}); copied
	 */
	public static PythonTuple of(@Nullable Object... elements) {
		return new PythonTuple(elements.clone(), new String[0]);
	}

	/**
	 * A named tuple.
	 * @param names a name for each element; copied
	 * @param elements each may be {@code null}; copied
	 * @throws IllegalArgumentException if there are not as many names as elements
	 */
	public static PythonTuple named(List<String> names, @Nullable Object... elements) {
		if (names.size() != elements.length) {
			throw new IllegalArgumentException(names.size() + " names for " + elements.length + " elements");
		}
		return new PythonTuple(elements.clone(), names.toArray(String[]::new));
	}

	/**
	 * The names of the elements of a named tuple, in their order; empty for others.
	 */
	public List<String> names() {
		return List.of(this.names);
	}

	/**
	 * The elements of a named tuple by their names, in their order; a new map.
	 * @throws IllegalStateException if this tuple has elements but no names
	 */
	public Map<String, @Nullable Object> toMap() {
		if (this.names.length != this.elements.length) {
			throw new IllegalStateException("the elements of this tuple have no names");
		}
		Map<String, @Nullable Object> map = new LinkedHashMap<>();
		for (int i = 0; i < this.names.length; i++) {
			map.put(this.names[i], this.elements[i]);
		}
		return map;
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
