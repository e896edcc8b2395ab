package io.pyboot.template;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Keeps Jackson from rounding: a number that a float or double cannot hold exactly is an
 * error.
 */
final class ExactFloatModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	ExactFloatModule() {
		super("pyboot-exact-floats");
		addDeserializer(Double.class, new ExactDeserializer<>(Double.class, Double.class));
		addDeserializer(Double.TYPE, new ExactDeserializer<>(Double.TYPE, Double.class));
		addDeserializer(Float.class, new ExactDeserializer<>(Float.class, Float.class));
		addDeserializer(Float.TYPE, new ExactDeserializer<>(Float.TYPE, Float.class));
	}

	private static final class ExactDeserializer<T extends Number> extends StdScalarDeserializer<T> {

		private final Class<T> wrapper;

		ExactDeserializer(Class<T> type, Class<T> wrapper) {
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
				return context.reportInputMismatch(this, "None cannot become %s", handledType());
			}
			return null;
		}

		@Override
		public @Nullable Object getAbsentValue(DeserializationContext context) {
			return getNullValue(context);
		}

	}

}
