package io.pyboot.template;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
	void iterableThatIsNoBeanBecomesList() {
		Iterable<Integer> lambda = List.of(1, 2)::iterator;
		assertThat(this.converter.apply(lambda)).isEqualTo(List.of(1, 2));
	}

	@Test
	void iteratorAndStreamAreRefused() {
		refused(List.of(1).iterator(), "cannot be an argument");
		refused(Stream.of(1), "cannot be an argument");
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
