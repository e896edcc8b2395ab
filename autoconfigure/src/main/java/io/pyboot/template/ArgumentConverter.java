package io.pyboot.template;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.pyboot.PythonConversionException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Makes arguments that the engine does not know into ones that it knows: records and
 * beans become dicts, what can be iterated again and again a list, publishers iterators.
 */
public final class ArgumentConverter implements UnaryOperator<@Nullable Object> {

	private static final List<String> PLATFORM = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

	private final @Nullable StructureMapping structures;

	/**
	 * @param structures makes dicts of records and beans, or {@code null} if Jackson is
	 * not there
	 */
	public ArgumentConverter(@Nullable StructureMapping structures) {
		this.structures = structures;
	}

	/**
	 * Converts an argument, or a value within one.
	 * @param value a value of a class that the engine does not know
	 * @return one that it knows
	 * @throws PythonConversionException if there is none; names the class
	 */
	@Override
	public @Nullable Object apply(@Nullable Object value) {
		Stream<?> items = PublisherArguments.items(value);
		if (items != null) {
			return items;
		}
		if (value instanceof Iterable<?> iterable && !isStructure(value.getClass())) {
			List<@Nullable Object> elements = new ArrayList<>();
			iterable.forEach(elements::add);
			return elements;
		}
		if (value == null || !isStructure(value.getClass())) {
			throw new PythonConversionException(
					"A %s cannot be an argument of a Python function".formatted(ClassUtils.getDescriptiveType(value)));
		}
		if (this.structures == null) {
			throw new PythonConversionException(
					"A %s cannot be an argument: records and beans need Jackson 3 (spring-boot-jackson)"
						.formatted(value.getClass().getTypeName()));
		}
		return this.structures.toPython(value);
	}

	private static boolean isStructure(Class<?> type) {
		return !type.isArray() && !type.isHidden() && !type.isSynthetic() && !Proxy.isProxyClass(type)
				&& PLATFORM.stream().noneMatch(type.getName()::startsWith);
	}

}
