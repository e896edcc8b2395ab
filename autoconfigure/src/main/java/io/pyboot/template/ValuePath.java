package io.pyboot.template;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pyboot.PythonBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where in a result a value stands, written as Python would reach it:
 * {@code result[3]['x']}. Text is made only when an error needs it.
 *
 * @param parent the value it is in, {@code null} for the result itself
 * @param step what leads from the parent to the value
 */
record ValuePath(@Nullable ValuePath parent, Object step) {

	static final ValuePath RESULT = new ValuePath(null, "result");

	ValuePath index(int index) {
		return new ValuePath(this, index);
	}

	ValuePath value(@Nullable Object key) {
		return new ValuePath(this, new Key(key, false));
	}

	ValuePath key(@Nullable Object key) {
		return new ValuePath(this, new Key(key, true));
	}

	@Override
	public String toString() {
		if (this.parent == null) {
			return this.step.toString();
		}
		if (this.step instanceof Key key && key.isKey()) {
			return "key " + key + " of " + this.parent;
		}
		return this.parent + "[" + this.step + "]";
	}

	/**
	 * Name of the Python type that a value came from.
	 */
	static String pythonType(@Nullable Object value) {
		if (value == null) {
			return "None";
		}
		if (value instanceof Boolean) {
			return "bool";
		}
		if (ExactNumber.isIntegral(value)) {
			return "int";
		}
		if (value instanceof Double || value instanceof Float) {
			return "float";
		}
		if (value instanceof String) {
			return "str";
		}
		if (value instanceof byte[]) {
			return "bytes";
		}
		if (value instanceof List) {
			return "list";
		}
		if (value instanceof Map) {
			return "dict";
		}
		if (value instanceof PythonBuffer) {
			return "buffer";
		}
		return (value instanceof Set) ? "set" : value.getClass().getName();
	}

	private record Key(@Nullable Object key, boolean isKey) {

		@Override
		public String toString() {
			return (this.key instanceof String text) ? "'" + text + "'" : String.valueOf(this.key);
		}

	}

}
