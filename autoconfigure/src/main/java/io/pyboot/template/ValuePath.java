package io.pyboot.template;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonComplex;
import io.pyboot.PythonEnum;
import org.jspecify.annotations.Nullable;

/**
 * Where in a result a value stands, written as Python would reach it:
 * {@code result[3]['x']}. Text is made only when an error needs it.
 *
 * @param parent the value it is in, {@code null} for the result itself
 * @param step what leads from the parent to the value
 */
record ValuePath(@Nullable ValuePath parent, Object step) {

	private static final Map<Class<?>, String> NAMES = Map.of(BigDecimal.class, "Decimal", LocalDate.class, "date",
			LocalTime.class, "time", OffsetTime.class, "time", Duration.class, "timedelta", UUID.class, "UUID",
			PythonComplex.class, "complex");

	static final ValuePath RESULT = new ValuePath(null, "result");

	static final ValuePath MESSAGE = new ValuePath(null, "message");

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
		return (value instanceof Set) ? "set" : nameOf(value);
	}

	private static String nameOf(Object value) {
		if (value instanceof PythonBuffer) {
			return "buffer";
		}
		if (value instanceof PythonEnum member) {
			return member.type();
		}
		if (value instanceof LocalDateTime || value instanceof OffsetDateTime || value instanceof ZonedDateTime) {
			return "datetime";
		}
		if (value instanceof ZoneId) {
			return "tzinfo";
		}
		if (value instanceof Path) {
			return "Path";
		}
		return NAMES.getOrDefault(value.getClass(), value.getClass().getName());
	}

	private record Key(@Nullable Object key, boolean isKey) {

		@Override
		public String toString() {
			return (this.key instanceof String text) ? "'" + text + "'" : String.valueOf(this.key);
		}

	}

}
