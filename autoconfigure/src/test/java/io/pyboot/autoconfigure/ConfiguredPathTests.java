package io.pyboot.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConfiguredPath}.
 */
class ConfiguredPathTests {

	@Test
	void blankIsUnset() {
		assertThat(ConfiguredPath.of("p", null)).isNull();
		assertThat(ConfiguredPath.of("p", " ")).isNull();
	}

	@Test
	void valueIsAPathOnDisk() {
		assertThat(ConfiguredPath.of("p", " /opt/py thon ")).isEqualTo(Path.of("/opt/py thon"));
	}

	@Test
	void invalidPathIsRefusedUnderTheNameOfItsProperty() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> ConfiguredPath.of("pyboot.python.home", "a\0b"))
			.withMessageContaining("pyboot.python.home");
	}

}
