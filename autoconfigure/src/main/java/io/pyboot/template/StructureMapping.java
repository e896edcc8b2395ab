package io.pyboot.template;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * Records and beans as Python sees them: dicts from names to values.
 */
public interface StructureMapping {

	/**
	 * Makes a record or bean of a dict.
	 * @param values values by name
	 * @param type the record or bean
	 * @param path where the dict stands, for errors
	 * @throws io.pyboot.PythonConversionException if the values do not fit exactly
	 */
	@Nullable Object toJava(Map<?, ?> values, ResolvableType type, Supplier<String> path);

	/**
	 * Makes a value that the engine knows of a record or bean.
	 * @param structure the record or bean
	 * @throws io.pyboot.PythonConversionException if it cannot be made
	 */
	@Nullable Object toPython(Object structure);

}
