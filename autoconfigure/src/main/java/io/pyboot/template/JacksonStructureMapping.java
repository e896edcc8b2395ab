package io.pyboot.template;

import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.pyboot.PythonConversionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

import org.springframework.core.ResolvableType;

/**
 * Maps records and beans with Jackson 3. No JSON is written; Jackson hands the values
 * over as they are, dates, times and the like as well. Of the application's mapper it
 * keeps names, modules and formats, but not its leniency: a value arrives whole or not at
 * all.
 */
public final class JacksonStructureMapping implements StructureMapping {

	private final JsonMapper mapper;

	/**
	 * @param mapper the application's mapper; left as it is
	 */
	public JacksonStructureMapping(JsonMapper mapper) {
		this.mapper = strict(mapper);
	}

	private JsonMapper strict(JsonMapper mapper) {
		return mapper.rebuild()
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
			.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
			.enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
			.enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
			.disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
			.enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
			.withCoercionConfig(LogicalType.Textual,
					(config) -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
						.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
			.addModule(new ExactNumberModule())
			.addModule(new PythonValueModule((value, type) -> this.mapper.convertValue(value, type)))
			.build();
	}

	@Override
	public @Nullable Object toJava(Map<?, ?> values, ResolvableType type, Supplier<String> path) {
		for (Object key : values.keySet()) {
			if (!(key instanceof String)) {
				throw new PythonConversionException(
						"Python's dict at %s cannot become %s: its key %s is no str".formatted(path.get(), type, key));
			}
		}
		try {
			return this.mapper.convertValue(values, javaType(type));
		}
		catch (JacksonException ex) {
			throw new PythonConversionException("Python's dict at %s cannot become %s: %s"
				.formatted(path.get() + below(ex), type, ex.getOriginalMessage()), ex);
		}
	}

	/**
	 * A type within another stands there as a type variable, which only Spring resolves.
	 */
	private JavaType javaType(ResolvableType type) {
		Class<?> raw = type.resolve(Object.class);
		JavaType[] generics = Stream.of(type.getGenerics()).map(this::javaType).toArray(JavaType[]::new);
		return (generics.length > 0) ? this.mapper.getTypeFactory().constructParametricType(raw, generics)
				: this.mapper.constructType(raw);
	}

	private static String below(JacksonException failure) {
		StringBuilder path = new StringBuilder();
		for (JacksonException.Reference step : failure.getPath()) {
			String name = step.getPropertyName();
			path.append((name != null) ? "['" + name + "']" : "[" + step.getIndex() + "]");
		}
		return path.toString();
	}

	@Override
	public @Nullable Object toPython(Object structure) {
		try {
			return this.mapper.convertValue(structure, Object.class);
		}
		catch (JacksonException ex) {
			throw new PythonConversionException("A %s cannot be an argument: %s"
				.formatted(structure.getClass().getTypeName(), ex.getOriginalMessage()), ex);
		}
	}

}
