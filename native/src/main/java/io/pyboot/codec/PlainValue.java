package io.pyboot.codec;

import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import io.pyboot.PythonEnum;
import org.jspecify.annotations.Nullable;

/**
 * Java values for which a plain number, string or bool stands in Python.
 */
final class PlainValue {

	private PlainValue() {
	}

	/**
	 * The plain value, or the value itself if it is none of these.
	 */
	static @Nullable Object of(Object value) {
		if (value instanceof Number number) {
			return ofNumber(number);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (value instanceof PythonEnum member) {
			return member.value();
		}
		if (value instanceof AtomicBoolean bool) {
			return bool.get();
		}
		if (value instanceof OptionalInt optional) {
			return optional.isPresent() ? optional.getAsInt() : null;
		}
		if (value instanceof OptionalLong optional) {
			return optional.isPresent() ? optional.getAsLong() : null;
		}
		if (value instanceof OptionalDouble optional) {
			return optional.isPresent() ? optional.getAsDouble() : null;
		}
		return ofText(value);
	}

	private static Object ofNumber(Number value) {
		if (value instanceof AtomicInteger || value instanceof AtomicLong || value instanceof LongAdder
				|| value instanceof LongAccumulator) {
			return value.longValue();
		}
		return (value instanceof DoubleAdder || value instanceof DoubleAccumulator) ? value.doubleValue() : value;
	}

	private static Object ofText(Object value) {
		if (value instanceof CharSequence || value instanceof URI || value instanceof URL
				|| value instanceof Currency) {
			return value.toString();
		}
		if (value instanceof Locale locale) {
			return locale.toLanguageTag();
		}
		if (value instanceof Charset charset) {
			return charset.name();
		}
		return (value instanceof Class<?> type) ? type.getName() : value;
	}

	/**
	 * All of the properties, with those that are only there by default.
	 */
	static Map<?, ?> ofProperties(Properties properties) {
		Map<Object, Object> map = new LinkedHashMap<>();
		for (String name : properties.stringPropertyNames()) {
			map.put(name, properties.getProperty(name));
		}
		map.putAll(properties);
		return map;
	}

}
