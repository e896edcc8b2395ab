package io.pyboot.template;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

import org.springframework.util.ClassUtils;

/**
 * Keeps Jackson from changing numbers: one that the type cannot hold exactly is an error,
 * also where Jackson would round it, which it does from int to double and from double to
 * float.
 */
final class ExactNumberModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	ExactNumberModule() {
		super("pyboot-exact-numbers");
		add(Byte.class, byte.class);
		add(Short.class, short.class);
		add(Integer.class, int.class);
		add(Long.class, long.class);
		add(Float.class, float.class);
		add(Double.class, double.class);
		addArray(short[].class);
		addArray(int[].class);
		addArray(long[].class);
		addArray(float[].class);
		addArray(double[].class);
	}

	private <T extends Number> void add(Class<T> wrapper, Class<T> primitive) {
		addDeserializer(wrapper, new NumberDeserializer<>(wrapper, wrapper));
		addDeserializer(primitive, new NumberDeserializer<>(primitive, wrapper));
	}

	private <A> void addArray(Class<A> type) {
		addDeserializer(type, new ArrayDeserializer<>(type));
	}

	private static final class NumberDeserializer<T extends Number> extends StdScalarDeserializer<T> {

		private final Class<T> wrapper;

		NumberDeserializer(Class<T> type, Class<T> wrapper) {
			super(type);
			this.wrapper = wrapper;
		}

		@Override
		public @Nullable T deserialize(JsonParser parser, DeserializationContext context) {
			JsonToken token = parser.currentToken();
			if (token == null || !token.isNumeric()) {
				return this.wrapper.cast(context.handleUnexpectedToken(handledType(), parser));
			}
			Number value = parser.getNumberValue();
			Number converted = ExactNumber.convert(value, this.wrapper);
			if (converted == null) {
				return this.wrapper
					.cast(context.handleWeirdNumberValue(handledType(), value, "the value does not fit exactly"));
			}
			return this.wrapper.cast(converted);
		}

		@Override
		public @Nullable Object getNullValue(DeserializationContext context) {
			if (handledType().isPrimitive()) {
				return context.reportInputMismatch(this, "None or nothing cannot become %s", handledType());
			}
			return null;
		}

		@Override
		public @Nullable Object getAbsentValue(DeserializationContext context) {
			return getNullValue(context);
		}

	}

	private static final class ArrayDeserializer<A> extends StdScalarDeserializer<A> {

		private final Class<A> type;

		ArrayDeserializer(Class<A> type) {
			super(type);
			this.type = type;
		}

		@Override
		public @Nullable A deserialize(JsonParser parser, DeserializationContext context) {
			JsonToken token = parser.currentToken();
			if (token == JsonToken.VALUE_EMBEDDED_OBJECT && this.type.isInstance(parser.getEmbeddedObject())) {
				return this.type.cast(parser.getEmbeddedObject());
			}
			if (token != JsonToken.START_ARRAY) {
				return this.type.cast(context.handleUnexpectedToken(handledType(), parser));
			}
			List<Object> elements = new ArrayList<>();
			while (parser.nextToken() != JsonToken.END_ARRAY) {
				elements.add(element(parser, context, elements.size()));
			}
			A array = this.type.cast(Array.newInstance(this.type.getComponentType(), elements.size()));
			for (int i = 0; i < elements.size(); i++) {
				Array.set(array, i, elements.get(i));
			}
			return array;
		}

		private Object element(JsonParser parser, DeserializationContext context, int index) {
			Class<?> component = this.type.getComponentType();
			try {
				if (parser.currentToken() == JsonToken.VALUE_NULL) {
					return context.reportInputMismatch(this, "None cannot become %s", component);
				}
				return context.readValue(parser, ClassUtils.resolvePrimitiveIfNecessary(component));
			}
			catch (JacksonException ex) {
				throw ex.prependPath(this.type, index);
			}
		}

	}

}
