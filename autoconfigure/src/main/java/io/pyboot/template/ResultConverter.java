package io.pyboot.template;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonEnum;
import io.pyboot.PythonObject;
import io.pyboot.PythonTuple;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.util.ClassUtils;

/**
 * Converts results of Python to the types asked for, strictly: a value arrives whole or
 * not at all.
 * <ul>
 * <li>{@code None} is {@code null}, {@link Optional#empty()} for an {@code Optional}, an
 * error for a primitive type.</li>
 * <li>A value of the type asked for is taken as it is.</li>
 * <li>Numbers must fit exactly; a float is no integer, a bool is no number.</li>
 * <li>A string of one character may be a {@code char}; other types are made of a string
 * by the {@link ConversionService}, except numbers, booleans and containers.</li>
 * <li>Lists, sets, maps, arrays and optionals are converted element by element.</li>
 * <li>A buffer of numbers may be an array of as many dimensions, a list or, without
 * dimensions, its number.</li>
 * <li>A dict or a named tuple may be a record or bean, by way of the
 * {@link StructureMapping}.</li>
 * <li>A member of a Python enum is the Java constant of its name, and for any other type
 * what its value is; several flags are a collection of constants.</li>
 * <li>A datetime with a zone may be an instant or a {@code java.util.Date}.</li>
 * <li>A Python object that stays in Python may be an interface, which then is a proxy for
 * it.</li>
 * </ul>
 */
public final class ResultConverter {

	private final ConversionService conversionService;

	private final @Nullable StructureMapping structures;

	private final ContainerConverter containers = new ContainerConverter(this);

	private final BufferConverter buffers = new BufferConverter(this, this.containers);

	/**
	 * @param conversionService makes values of strings
	 * @param structures makes records and beans of dicts, or {@code null} if Jackson is
	 * not there
	 */
	public ResultConverter(ConversionService conversionService, @Nullable StructureMapping structures) {
		this.conversionService = conversionService;
		this.structures = structures;
	}

	/**
	 * Converts a result.
	 * @param value the result
	 * @param type the type asked for
	 * @throws PythonConversionException if the value is no such thing; names the types
	 * and the path to the value
	 */
	public <T> @Nullable T convert(@Nullable Object value, Class<T> type) {
		if (type.isInstance(value)) {
			return type.cast(value);
		}
		return cast(convert(value, ResolvableType.forClass(type), ValuePath.RESULT));
	}

	/**
	 * Converts a result to a generic type.
	 * @param value the result
	 * @param type the type asked for
	 * @throws PythonConversionException as for {@link #convert(Object, Class)}
	 */
	public <T> @Nullable T convert(@Nullable Object value, ParameterizedTypeReference<T> type) {
		return cast(convert(value, ResolvableType.forType(type), ValuePath.RESULT));
	}

	/**
	 * Converts a result to a type that reflection gave.
	 * @param value the result
	 * @param type the type asked for
	 * @throws PythonConversionException as for {@link #convert(Object, Class)}
	 */
	public @Nullable Object convert(@Nullable Object value, Type type) {
		return convert(value, ResolvableType.forType(type), ValuePath.RESULT);
	}

	/**
	 * Converts a value that is no result, such as an argument of a callback.
	 * @param value the value
	 * @param type the type asked for
	 * @param name what the value is called in errors
	 * @throws PythonConversionException as for {@link #convert(Object, Class)}
	 */
	public @Nullable Object convert(@Nullable Object value, ResolvableType type, String name) {
		return convert(value, type, new ValuePath(null, name));
	}

	/**
	 * The name of the Python type that a value came from.
	 */
	public static String pythonType(@Nullable Object value) {
		return ValuePath.pythonType(value);
	}

	<T> List<@Nullable T> convertEach(List<? extends @Nullable Object> values, Class<T> type) {
		ResolvableType resolvableType = ResolvableType.forClass(type);
		List<@Nullable T> converted = new ArrayList<>(values.size());
		for (Object value : values) {
			converted.add(cast(convert(value, resolvableType, ValuePath.RESULT.index(converted.size()))));
		}
		return converted;
	}

	@SuppressWarnings("unchecked")
	private static <T> @Nullable T cast(@Nullable Object value) {
		return (T) value;
	}

	@Nullable Object convert(@Nullable Object value, ResolvableType type, ValuePath path) {
		Class<?> asked = type.resolve(Object.class);
		Class<?> target = ClassUtils.resolvePrimitiveIfNecessary(asked);
		if (target == Optional.class) {
			return Optional.ofNullable(convert(value, type.getGeneric(), path));
		}
		if (value == null) {
			if (asked.isPrimitive()) {
				throw refusal(null, asked, path, null, null);
			}
			return null;
		}
		if (target.isInstance(value) && !type.hasGenerics()) {
			return value;
		}
		if (value instanceof PythonObject object && target.isInterface() && !ContainerConverter.isContainer(target)) {
			return object.as(target);
		}
		if (value instanceof PythonBuffer buffer) {
			return this.buffers.convert(buffer, type, target, path);
		}
		if (value instanceof PythonEnum member) {
			return convert(standIn(member, type, target), type, path);
		}
		if (ContainerConverter.isContainer(target)) {
			return this.containers.convert(value, type, target, path);
		}
		return convertScalar(value, type, target, path);
	}

	/**
	 * What a member of an enum is to be converted from: its name, the names of the flags
	 * it is made of, or its value.
	 */
	private static @Nullable Object standIn(PythonEnum member, ResolvableType type, Class<?> target) {
		String name = member.name();
		if (target.isEnum() && name != null) {
			return name;
		}
		if (Collection.class.isAssignableFrom(target) && type.asCollection().getGeneric().toClass().isEnum()) {
			return (name != null) ? List.of(name.split("\\|")) : List.of();
		}
		return member.value();
	}

	private @Nullable Object convertScalar(Object value, ResolvableType type, Class<?> target, ValuePath path) {
		if (Number.class.isAssignableFrom(target)) {
			return toNumber(value, target, path);
		}
		if (target == Character.class) {
			if (value instanceof String text && text.length() == 1) {
				return text.charAt(0);
			}
			throw refusal(value, target, path, "it is not one character", null);
		}
		Object converted = ValueConversion.convert(value, target);
		if (converted != null) {
			return converted;
		}
		if (value instanceof String text && target != Boolean.class) {
			return fromString(text, type, target, path);
		}
		if (value instanceof Map<?, ?> values && isStructure(target)) {
			return toStructure(values, type, target, path);
		}
		if (value instanceof PythonTuple tuple && !tuple.names().isEmpty() && isStructure(target)) {
			return toStructure(tuple.toMap(), type, target, path);
		}
		throw refusal(value, target, path, null, null);
	}

	private Object toNumber(Object value, Class<?> target, ValuePath path) {
		if (!(value instanceof Number number)) {
			throw refusal(value, target, path, null, null);
		}
		Object converted = ExactNumber.convert(number, target);
		if (converted == null) {
			boolean cut = ExactNumber.isIntegral(target) && !ExactNumber.isIntegral(number);
			throw refusal(value, target, path,
					cut ? "a " + ValuePath.pythonType(value) + " is not an integer; round it in Python"
							: number + " does not fit exactly",
					null);
		}
		return converted;
	}

	private Object fromString(String text, ResolvableType type, Class<?> target, ValuePath path) {
		TypeDescriptor descriptor = new TypeDescriptor(type, null, null);
		if (!this.conversionService.canConvert(TypeDescriptor.valueOf(String.class), descriptor)) {
			throw refusal(text, target, path, null, null);
		}
		try {
			Object converted = this.conversionService.convert(text, TypeDescriptor.valueOf(String.class), descriptor);
			if (converted == null) {
				throw refusal(text, target, path, "the text stands for nothing", null);
			}
			return converted;
		}
		catch (ConversionException ex) {
			throw refusal(text, target, path, ex.getMessage(), ex);
		}
	}

	private static boolean isStructure(Class<?> target) {
		return !target.isEnum() && !target.getName().startsWith("java.");
	}

	private @Nullable Object toStructure(Map<?, ?> values, ResolvableType type, Class<?> target, ValuePath path) {
		if (this.structures == null) {
			throw refusal(values, target, path, "records and beans need Jackson 3 (spring-boot-jackson)", null);
		}
		return this.structures.toJava(values, type, path::toString);
	}

	static PythonConversionException refusal(@Nullable Object value, Class<?> target, ValuePath path,
			@Nullable String reason, @Nullable Throwable cause) {
		String message = "Python's %s at %s cannot become %s".formatted(ValuePath.pythonType(value), path,
				target.getTypeName());
		return new PythonConversionException((reason != null) ? message + ": " + reason : message, cause);
	}

}
