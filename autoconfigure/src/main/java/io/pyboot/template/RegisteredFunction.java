package io.pyboot.template;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.pyboot.PythonConversionException;
import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.callback.PythonCallback;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * A function registered at run time that takes positional arguments of given types.
 */
final class RegisteredFunction implements PythonCallback {

	private final String name;

	private final ResultConverter converter;

	private final ResolvableType[] types;

	private final Function<@Nullable Object[], @Nullable Object> function;

	/**
	 * @param function takes as many arguments as there are types
	 */
	RegisteredFunction(String name, ResultConverter converter, List<Class<?>> types,
			Function<@Nullable Object[], @Nullable Object> function) {
		this.name = name;
		this.converter = converter;
		this.types = types.stream().map(ResolvableType::forClass).toArray(ResolvableType[]::new);
		this.function = function;
	}

	@Override
	public @Nullable Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		if (!keywords.isEmpty()) {
			throw new CallbackArgumentException(this.name + "() takes no keyword arguments");
		}
		if (arguments.size() != this.types.length) {
			throw new CallbackArgumentException("%s() takes %d arguments, but %d were given".formatted(this.name,
					this.types.length, arguments.size()));
		}
		@Nullable Object[] values = new Object[this.types.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = convert(arguments.get(i), i);
		}
		return this.function.apply(values);
	}

	private @Nullable Object convert(@Nullable Object value, int index) {
		ResolvableType type = this.types[index];
		if (type.resolve(Object.class).isInstance(value)) {
			return value;
		}
		try {
			return this.converter.convert(value, type, "argument " + (index + 1));
		}
		catch (PythonConversionException ex) {
			CallbackArgumentException refusal = new CallbackArgumentException(
					this.name + "() cannot be called: " + ex.getMessage());
			refusal.initCause(ex);
			throw refusal;
		}
	}

}
