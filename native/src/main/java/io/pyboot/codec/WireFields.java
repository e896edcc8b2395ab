package io.pyboot.codec;

import org.jspecify.annotations.Nullable;

/**
 * Fields of a {@link WireValue}, read one after the other. One of another type than is
 * asked for, or none, is a {@link ConversionFailure}.
 */
final class WireFields {

	private final @Nullable Object[] fields;

	private int next;

	WireFields(@Nullable Object[] fields) {
		this.fields = fields;
	}

	int left() {
		return this.fields.length - this.next;
	}

	@Nullable Object any() {
		if (this.next >= this.fields.length) {
			throw malformed("a value has too few fields");
		}
		return this.fields[this.next++];
	}

	private <T> T typed(Class<T> type) {
		Object field = any();
		if (!type.isInstance(field)) {
			throw malformed("a field of a value has the wrong type");
		}
		return type.cast(field);
	}

	long integer() {
		return typed(Long.class);
	}

	int small() {
		long value = integer();
		if (value != (int) value) {
			throw malformed("a field of a value is too large");
		}
		return (int) value;
	}

	double real() {
		return typed(Double.class);
	}

	String text() {
		return typed(String.class);
	}

	@Nullable String textOrNull() {
		Object field = any();
		if (field != null && !(field instanceof String)) {
			throw malformed("a field of a value has the wrong type");
		}
		return (String) field;
	}

	byte[] bytes() {
		return typed(byte[].class);
	}

	@Nullable Integer smallOrNull() {
		if (left() > 0 && this.fields[this.next] == null) {
			this.next++;
			return null;
		}
		return small();
	}

	static ConversionFailure malformed(String what) {
		return new ConversionFailure("the answer is malformed: " + what);
	}

}
