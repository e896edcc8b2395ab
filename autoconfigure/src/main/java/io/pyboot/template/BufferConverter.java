package io.pyboot.template;

import java.nio.ByteBuffer;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonElementType;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * Converts buffers of numbers to arrays of as many dimensions, to lists, to bytes, and
 * one without dimensions to its number.
 */
final class BufferConverter {

	private final ResultConverter elements;

	private final ContainerConverter containers;

	BufferConverter(ResultConverter elements, ContainerConverter containers) {
		this.elements = elements;
		this.containers = containers;
	}

	@Nullable Object convert(PythonBuffer buffer, ResolvableType type, Class<?> target, ValuePath path) {
		if (target == ByteBuffer.class) {
			return buffer.asByteBuffer();
		}
		if (buffer.dimensions() == 0) {
			return this.elements.convert(buffer.get(), type, path);
		}
		if (target == byte[].class && isBytes(buffer)) {
			byte[] bytes = new byte[buffer.size()];
			buffer.asByteBuffer().get(bytes);
			return bytes;
		}
		if (target.isArray()) {
			Object array = buffer.toNestedArray();
			if (target.isInstance(array)) {
				return array;
			}
		}
		if (ContainerConverter.isContainer(target)) {
			return this.containers.convert(buffer.toList(), type, target, path);
		}
		throw ResultConverter.refusal(buffer, target, path, null, null);
	}

	private static boolean isBytes(PythonBuffer buffer) {
		return buffer.dimensions() == 1
				&& (buffer.elementType() == PythonElementType.UINT8 || buffer.elementType() == PythonElementType.INT8);
	}

}
