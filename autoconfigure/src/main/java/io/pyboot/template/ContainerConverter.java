package io.pyboot.template;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.CollectionFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.CollectionUtils;

/**
 * Converts lists, sets, maps and arrays, element by element.
 */
final class ContainerConverter {

	private final ResultConverter elements;

	ContainerConverter(ResultConverter elements) {
		this.elements = elements;
	}

	static boolean isContainer(Class<?> type) {
		return type.isArray() || type == Iterable.class || Collection.class.isAssignableFrom(type)
				|| Map.class.isAssignableFrom(type);
	}

	Object convert(Object value, ResolvableType type, Class<?> target, ValuePath path) {
		if (Map.class.isAssignableFrom(target)) {
			if (value instanceof Map<?, ?> values) {
				return toMap(values, type, target, path);
			}
		}
		else if (elementsOf(value) instanceof Collection<?> values) {
			return target.isArray() ? toArray(values, type, path) : toCollection(values, type, target, path);
		}
		throw ResultConverter.refusal(value, target, path, null, null);
	}

	/**
	 * An array of numbers, which {@code array.array} arrives as, is as good as a list.
	 */
	private static Object elementsOf(Object value) {
		boolean numbers = value.getClass().isArray() && !(value instanceof byte[]);
		return numbers ? CollectionUtils.arrayToList(value) : value;
	}

	private Object toArray(Collection<?> values, ResolvableType type, ValuePath path) {
		ResolvableType component = type.getComponentType();
		Object array = Array.newInstance(component.resolve(Object.class), values.size());
		int index = 0;
		for (Object value : values) {
			Array.set(array, index, this.elements.convert(value, component, path.index(index)));
			index++;
		}
		return array;
	}

	private Collection<@Nullable Object> toCollection(Collection<?> values, ResolvableType type, Class<?> target,
			ValuePath path) {
		ResolvableType element = (target == Iterable.class) ? type.getGeneric() : type.asCollection().getGeneric();
		Class<?> concrete = (target == Iterable.class) ? List.class : target;
		Collection<@Nullable Object> converted = create(values, concrete, element, path);
		int index = 0;
		for (Object value : values) {
			if (!converted.add(this.elements.convert(value, element, path.index(index)))) {
				throw ResultConverter.refusal(values, target, path, "the element at index " + index + " is a duplicate",
						null);
			}
			index++;
		}
		return converted;
	}

	private static Collection<@Nullable Object> create(Collection<?> values, Class<?> target, ResolvableType element,
			ValuePath path) {
		try {
			return CollectionFactory.createCollection((target == Collection.class) ? sameKind(values) : target,
					element.resolve(), values.size());
		}
		catch (IllegalArgumentException ex) {
			throw ResultConverter.refusal(values, target, path, ex.getMessage(), ex);
		}
	}

	private static Class<?> sameKind(Collection<?> values) {
		return (values instanceof Set) ? Set.class : List.class;
	}

	private Map<@Nullable Object, @Nullable Object> toMap(Map<?, ?> values, ResolvableType type, Class<?> target,
			ValuePath path) {
		ResolvableType keyType = type.asMap().getGeneric(0);
		ResolvableType valueType = type.asMap().getGeneric(1);
		Map<@Nullable Object, @Nullable Object> converted = create(values, target, keyType, path);
		values.forEach((key, value) -> {
			Object convertedKey = this.elements.convert(key, keyType, path.key(key));
			if (converted.containsKey(convertedKey)) {
				throw ResultConverter.refusal(values, target, path, "two keys become " + convertedKey, null);
			}
			converted.put(convertedKey, this.elements.convert(value, valueType, path.value(key)));
		});
		return converted;
	}

	private static Map<@Nullable Object, @Nullable Object> create(Map<?, ?> values, Class<?> target,
			ResolvableType keyType, ValuePath path) {
		try {
			return CollectionFactory.createMap(target, keyType.resolve(), values.size());
		}
		catch (IllegalArgumentException ex) {
			throw ResultConverter.refusal(values, target, path, ex.getMessage(), ex);
		}
	}

}
