package io.pyboot.callable;

import java.util.Optional;

import io.pyboot.template.ExactNumber;
import io.pyboot.template.ResultConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * A parameter of a callable method: how it is called, and what becomes of an argument for
 * it. What can be known ahead is.
 */
final class CallableParameter {

	private final ResultConverter converter;

	private final @Nullable String name;

	private final String label;

	private final ResolvableType type;

	private final Class<?> asked;

	/** Primitive types replaced; that of the content for an {@code Optional}. */
	private final Class<?> target;

	/** Whether any instance of the target will do, whatever it contains. */
	private final boolean plain;

	private final boolean number;

	private final boolean optional;

	/**
	 * @param name its name, {@code null} if the class does not tell
	 * @param index its place, from 0
	 * @param type its type; that of one element for a variable number of arguments
	 */
	CallableParameter(ResultConverter converter, @Nullable String name, int index, ResolvableType type) {
		this.converter = converter;
		this.name = name;
		this.label = "argument " + ((name != null) ? name : String.valueOf(index + 1));
		this.type = type;
		this.asked = type.resolve(Object.class);
		this.optional = this.asked == Optional.class;
		Class<?> content = this.optional ? type.getGeneric().resolve(Object.class) : this.asked;
		this.target = ClassUtils.resolvePrimitiveIfNecessary(content);
		this.plain = !this.optional && !type.hasGenerics();
		this.number = !this.optional && Number.class.isAssignableFrom(this.target);
	}

	boolean isNamed(String name) {
		return name.equals(this.name);
	}

	boolean hasName() {
		return this.name != null;
	}

	boolean isOptional() {
		return this.optional;
	}

	Class<?> rawType() {
		return this.asked;
	}

	/** For messages. */
	String label() {
		return this.label;
	}

	/**
	 * Converts an argument.
	 * @throws io.pyboot.PythonConversionException if it does not fit exactly
	 */
	@Nullable Object convert(@Nullable Object value) {
		if (this.plain && this.target.isInstance(value)) {
			return value;
		}
		if (this.number && value instanceof Number given) {
			Number converted = ExactNumber.convert(given, this.target);
			if (converted != null) {
				return converted;
			}
		}
		return this.converter.convert(value, this.type, this.label);
	}

	/**
	 * How far an argument is from this parameter; see {@link TypeDistance}.
	 */
	int distance(@Nullable Object value) {
		return TypeDistance.of(value, this.target, this.asked.isPrimitive(), this.optional);
	}

	/** For messages: {@code String product}. */
	String describe(boolean variable) {
		String type = shown(this.type) + (variable ? "..." : "");
		return (this.name != null) ? type + " " + this.name : type;
	}

	private static String shown(ResolvableType type) {
		StringBuilder text = new StringBuilder(ClassUtils.getShortName(type.resolve(Object.class)));
		if (type.hasGenerics()) {
			text.append('<');
			for (ResolvableType generic : type.getGenerics()) {
				text.append((text.charAt(text.length() - 1) == '<') ? "" : ", ").append(shown(generic));
			}
			text.append('>');
		}
		return text.toString();
	}

}
