package io.pyboot.template;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.pyboot.PythonComplex;
import io.pyboot.PythonEnum;
import io.pyboot.PythonTuple;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.type.ArrayType;
import tools.jackson.databind.type.CollectionType;

/**
 * Lets values that the engine knows pass through Jackson as they are, where it would make
 * text or numbers of them, and makes of them what a property asks for. A property with a
 * {@code JsonFormat} of its own, and a type with a serializer of the application's, keep
 * what these say.
 */
final class PythonValueModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	private static final List<Class<?>> PASSED = List.of(Temporal.class, Duration.class, ZoneId.class, Date.class,
			UUID.class, Path.class, PythonComplex.class, PythonEnum.class);

	/**
	 * @param again the mapper's own conversion, for what stands in place of a value
	 */
	PythonValueModule(BiFunction<@Nullable Object, JavaType, @Nullable Object> again) {
		super("pyboot-values");
		setSerializerModifier(new Passing());
		setDeserializerModifier(new Receiving(again));
	}

	private static final class Passing extends ValueSerializerModifier {

		private static final long serialVersionUID = 1L;

		@Override
		public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier description,
				ValueSerializer<?> serializer) {
			Class<?> type = description.getBeanClass();
			boolean passed = PASSED.stream().anyMatch((each) -> each.isAssignableFrom(type));
			return (passed && isJacksons(serializer)) ? new PassingSerializer(serializer) : serializer;
		}

		@Override
		public ValueSerializer<?> modifyCollectionSerializer(SerializationConfig config, CollectionType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return (type.getRawClass() == PythonTuple.class) ? new TupleSerializer() : serializer;
		}

		private static boolean isJacksons(ValueSerializer<?> serializer) {
			return serializer.getClass().getName().startsWith("tools.jackson.");
		}

	}

	private static final class PassingSerializer extends ValueSerializer<Object> {

		private final ValueSerializer<?> usual;

		PassingSerializer(ValueSerializer<?> usual) {
			this.usual = usual;
		}

		@Override
		public ValueSerializer<?> createContextual(SerializationContext context, @Nullable BeanProperty property) {
			if (property != null) {
				JsonFormat.Value format = property.findPropertyFormat(context.getConfig(),
						property.getType().getRawClass());
				if (format != null && (format.hasPattern() || format.hasShape())) {
					return this.usual.createContextual(context, property);
				}
			}
			return this;
		}

		@Override
		public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
			generator.writeEmbeddedObject(value);
		}

		@Override
		public void serializeWithType(Object value, JsonGenerator generator, SerializationContext context,
				TypeSerializer type) {
			generator.writeEmbeddedObject(value);
		}

	}

	private static final class TupleSerializer extends ValueSerializer<PythonTuple> {

		@Override
		public void serialize(PythonTuple value, JsonGenerator generator, SerializationContext context) {
			if (!value.names().isEmpty()) {
				generator.writeEmbeddedObject(value);
				return;
			}
			generator.writeStartArray();
			for (Object element : value) {
				generator.writePOJO(element);
			}
			generator.writeEndArray();
		}

	}

	private static final class Receiving extends ValueDeserializerModifier {

		private static final long serialVersionUID = 1L;

		private final transient BiFunction<@Nullable Object, JavaType, @Nullable Object> again;

		Receiving(BiFunction<@Nullable Object, JavaType, @Nullable Object> again) {
			this.again = again;
		}

		@Override
		public ValueDeserializer<?> modifyDeserializer(DeserializationConfig config,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			boolean any = description.getBeanClass() == Object.class;
			return any ? deserializer : new ReceivingDeserializer(deserializer, description.getType(), this.again);
		}

		@Override
		public ValueDeserializer<?> modifyEnumDeserializer(DeserializationConfig config, JavaType type,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			return new ReceivingDeserializer(deserializer, type, this.again);
		}

		@Override
		public ValueDeserializer<?> modifyCollectionDeserializer(DeserializationConfig config, CollectionType type,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			return new ReceivingDeserializer(deserializer, type, this.again);
		}

		@Override
		public ValueDeserializer<?> modifyArrayDeserializer(DeserializationConfig config, ArrayType type,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			return new ReceivingDeserializer(deserializer, type, this.again);
		}

	}

	private static final class ReceivingDeserializer extends DelegatingDeserializer {

		private final JavaType type;

		private final BiFunction<@Nullable Object, JavaType, @Nullable Object> again;

		ReceivingDeserializer(ValueDeserializer<?> usual, JavaType type,
				BiFunction<@Nullable Object, JavaType, @Nullable Object> again) {
			super(usual);
			this.type = type;
			this.again = again;
		}

		@Override
		protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> usual) {
			return new ReceivingDeserializer(usual, this.type, this.again);
		}

		@Override
		public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
			if (parser.currentToken() != JsonToken.VALUE_EMBEDDED_OBJECT) {
				return super.deserialize(parser, context);
			}
			Object value = parser.getEmbeddedObject();
			if (value == null || value.getClass().isArray()) {
				return super.deserialize(parser, context);
			}
			if (value instanceof PythonEnum member) {
				return this.again.apply(this.type.isEnumType() ? member.name() : member.value(), this.type);
			}
			if (value instanceof PythonTuple tuple) {
				return this.again.apply(this.type.isContainerType() ? new ArrayList<>(tuple) : tuple.toMap(),
						this.type);
			}
			Object converted = ValueConversion.convert(value, this.type.getRawClass());
			return (converted != null) ? converted : context.reportInputMismatch(this, "Python's %s cannot become %s",
					ValuePath.pythonType(value), this.type.getRawClass().getTypeName());
		}

	}

}
