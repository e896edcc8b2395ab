package io.pyboot.template;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.pyboot.PythonConversionException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ArgumentConverter}.
 */
class ArgumentConverterTests {

	private final ArgumentConverter converter = new ArgumentConverter(new JacksonStructureMapping(new JsonMapper()));

	@Test
	void recordBecomesMap() {
		assertThat(this.converter.apply(new Item("x", 3))).isEqualTo(Map.of("name", "x", "count", 3));
	}

	@Test
	void enumBecomesItsName() {
		assertThat(this.converter.apply(TimeUnit.SECONDS)).isEqualTo("SECONDS");
	}

	@Test
	void optionalBecomesWhatItHolds() {
		assertThat(this.converter.apply(Optional.of(5))).isEqualTo(5);
		assertThat(this.converter.apply(Optional.of(List.of(1)))).isEqualTo(List.of(1));
		assertThat(this.converter.apply(Optional.of(new Item("x", 3)))).isEqualTo(Map.of("name", "x", "count", 3));
		assertThat(this.converter.apply(Optional.of(Optional.of(TimeUnit.DAYS)))).isEqualTo("DAYS");
		assertThat(this.converter.apply(Optional.empty())).isNull();
	}

	@Test
	void anythingElseIsRefusedByName() {
		refused(InputStream.nullInputStream(), "java.io.InputStream");
		refused(new Thread(), "java.lang.Thread");
		Runnable lambda = () -> {
		};
		refused(lambda, "cannot be an argument");
	}

	@Test
	void recordsNeedJackson() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> new ArgumentConverter(null).apply(new Item("x", 3)))
			.withMessageContaining("Item cannot be an argument: records and beans need Jackson 3");
	}

	private void refused(Object value, String message) {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.converter.apply(value))
			.withMessageContaining(message);
	}

	record Item(String name, int count) {

	}

}
