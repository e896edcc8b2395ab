package io.pyboot.autoconfigure;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;

/**
 * A path as it stands in a property. Unlike the conversion of Spring it never looks at
 * the class path.
 */
final class ConfiguredPath {

	private ConfiguredPath() {
	}

	/**
	 * Returns the path, or {@code null} if the value is missing or blank.
	 * @throws InvalidConfigurationPropertyValueException if it is no path
	 */
	static @Nullable Path of(String property, @Nullable String value) {
		if (!StringUtils.hasText(value)) {
			return null;
		}
		try {
			return Path.of(value.strip());
		}
		catch (InvalidPathException ex) {
			throw new InvalidConfigurationPropertyValueException(property, value, ex.getMessage());
		}
	}

}
