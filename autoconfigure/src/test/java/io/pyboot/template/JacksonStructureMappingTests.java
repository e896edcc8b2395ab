package io.pyboot.template;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pyboot.PythonConversionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JacksonStructureMapping}.
 */
class JacksonStructureMappingTests {

	private final JacksonStructureMapping mapping = new JacksonStructureMapping(new JsonMapper());

	@Test
	void recordCrossesBothWays() {
		Reading reading = new Reading("Seattle", LocalDate.of(2012, 1, 1), 5, 1.5, Kind.RAIN, new byte[] { 1 },
				List.of(new Point(1, 2)));
		Map<?, ?> dict = (Map<?, ?>) this.mapping.toPython(reading);
		assertThat(dict.get("station")).isEqualTo("Seattle");
		assertThat(dict.get("day")).isEqualTo("2012-01-01");
		assertThat(dict.get("kind")).isEqualTo("RAIN");
		assertThat(dict.get("raw")).isEqualTo(new byte[] { 1 });
		assertThat(dict.get("points")).isEqualTo(List.of(Map.of("x", 1, "y", 2)));
		assertThat(toJava(dict, Reading.class)).usingRecursiveComparison().isEqualTo(reading);
	}

	@Test
	void beanCrossesBothWays() {
		Bean bean = new Bean();
		bean.setName("x");
		assertThat(this.mapping.toPython(bean)).isEqualTo(Map.of("name", "x"));
		assertThat(((Bean) toJava(Map.of("name", "y"), Bean.class)).getName()).isEqualTo("y");
	}

	@Test
	void namesOfTheApplicationsMapperAreKept() {
		JacksonStructureMapping snake = new JacksonStructureMapping(
				JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build());
		assertThat(snake.toPython(new Camel(5))).isEqualTo(Map.of("max_wind", 5));
		assertThat(this.mapping.toPython(new Renamed(5))).isEqualTo(Map.of("wind-speed", 5));
	}

	@Test
	void applicationsMapperIsLeftAsItIs() {
		JsonMapper lenient = new JsonMapper();
		new JacksonStructureMapping(lenient);
		assertThat(lenient.convertValue("5", Integer.class)).isEqualTo(5);
	}

	@Test
	void floatIsNoInt() {
		refused(Map.of("x", 1.0, "y", 2L), Point.class, "result['x']");
	}

	@Test
	void intThatDoesNotFitIsRefused() {
		refused(Map.of("x", 1L << 40, "y", 2L), Point.class, "result['x']");
		refused(Map.of("x", BigInteger.TWO.pow(70), "y", 2L), Point.class, "result['x']");
	}

	@Test
	void stringsBoolsAndNumbersAreNotMixedUp() {
		refused(Map.of("x", "1", "y", 2L), Point.class, "result['x']");
		refused(Map.of("x", true, "y", 2L), Point.class, "result['x']");
		refused(Map.of("text", 5L), Text.class, "result['text']");
		refused(Map.of("text", 5.5), Text.class, "result['text']");
		refused(Map.of("text", true), Text.class, "result['text']");
		refused(Map.of("flag", 1L), Flag.class, "result['flag']");
		refused(Map.of("flag", "true"), Flag.class, "result['flag']");
		refused(Map.of("kind", 0L), Kinds.class, "result['kind']");
	}

	@Test
	void numberThatAFloatCannotHoldIsRefused() {
		assertThat(toJava(Map.of("narrow", 0.5, "wide", 3L), Floats.class)).isEqualTo(new Floats(0.5f, 3.0));
		refused(Map.of("narrow", 0.1, "wide", 1L), Floats.class, "result['narrow']");
		refused(Map.of("narrow", 0.5, "wide", (1L << 53) + 1), Floats.class, "result['wide']");
		refused(Map.of("narrow", 0.5, "wide", "1"), Floats.class, "result['wide']");
		refused(Map.of("narrow", 0.5), Floats.class, "result['wide']");
		assertThat(toJava(Map.of("narrow", 0.5, "wide", Double.NaN), Floats.class))
			.isEqualTo(new Floats(0.5f, Double.NaN));
	}

	@Test
	void arraysOfNumbersAreExact() {
		Arrays arrays = (Arrays) toJava(Map.of("ints", List.of(1L, 2L), "doubles", List.of(0.1, 2L)), Arrays.class);
		assertThat(arrays.ints()).containsExactly(1, 2);
		assertThat(arrays.doubles()).containsExactly(0.1, 2.0);
		refused(Map.of("ints", List.of(1L, 1L << 40)), Arrays.class, "result['ints'][1]");
		refused(Map.of("doubles", List.of((1L << 53) + 1)), Arrays.class, "result['doubles'][0]");
		refused(Map.of("ints", "12"), Arrays.class, "result['ints']");
	}

	@Test
	void noneAndMissingValuesAreRefusedForPrimitives() {
		Map<String, @Nullable Object> withNone = new HashMap<>();
		withNone.put("x", null);
		withNone.put("y", 1L);
		refused(withNone, Point.class, "result['x']");
		refused(Map.of("x", 1L), Point.class, "result['y']");
	}

	@Test
	void keyThatIsNoStringIsRefused() {
		refused(Map.of(1L, 1L), Point.class, "its key 1 is no str");
	}

	@Test
	void objectWithoutPropertiesIsRefused() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.mapping.toPython(new Nothing()))
			.withMessageContaining("Nothing cannot be an argument");
	}

	@Test
	void objectThatContainsItselfIsRefused() {
		Node node = new Node();
		node.next = node;
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.mapping.toPython(node))
			.withMessageContaining("Node cannot be an argument");
	}

	private Object toJava(Map<?, ?> values, Class<?> type) {
		return this.mapping.toJava(values, ResolvableType.forClass(type), () -> "result");
	}

	private void refused(Map<?, ?> values, Class<?> type, String message) {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> toJava(values, type))
			.withMessageContaining(message);
	}

	enum Kind {

		RAIN {
			@Override
			public String toString() {
				return "wet";
			}
		},
		SUN

	}

	record Point(int x, int y) {

	}

	record Reading(String station, LocalDate day, long count, double mean, Kind kind, byte[] raw, List<Point> points) {

	}

	record Camel(int maxWind) {

	}

	record Renamed(@JsonProperty("wind-speed") int speed) {

	}

	record Text(String text) {

	}

	record Flag(boolean flag) {

	}

	record Kinds(Kind kind) {

	}

	record Floats(float narrow, double wide) {

	}

	record Arrays(int[] ints, double[] doubles) {

	}

	static class Bean {

		private @Nullable String name;

		public @Nullable String getName() {
			return this.name;
		}

		public void setName(String name) {
			this.name = name;
		}

	}

	static class Node {

		public @Nullable Node next;

	}

	static class Nothing {

	}

}
