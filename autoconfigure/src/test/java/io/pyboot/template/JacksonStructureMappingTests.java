package io.pyboot.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.pyboot.PythonComplex;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonEnum;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
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
		assertThat(dict.get("day")).isEqualTo(LocalDate.of(2012, 1, 1));
		assertThat(dict.get("kind")).isEqualTo("RAIN");
		assertThat(dict.get("raw")).isEqualTo(new byte[] { 1 });
		assertThat(dict.get("points")).isEqualTo(List.of(Map.of("x", 1, "y", 2)));
		assertThat(toJava(dict, Reading.class)).usingRecursiveComparison().isEqualTo(reading);
	}

	@Test
	void valuesWithinARecordPassAsTheyAre() {
		Values values = new Values(Instant.EPOCH, OffsetDateTime.MAX, ZonedDateTime.now(ZoneId.of("Europe/Berlin")),
				LocalTime.NOON, Duration.ofMinutes(3), ZoneId.of("UTC"), new BigDecimal("1.50"), new UUID(1, 2),
				Path.of("a"), new PythonComplex(1, 2), Optional.of(LocalDate.EPOCH),
				Map.of("k", new BigDecimal("1E+3")));
		Map<?, ?> dict = (Map<?, ?>) this.mapping.toPython(values);
		assertThat(dict.get("instant")).isEqualTo(values.instant());
		assertThat(dict.get("decimal")).isEqualTo(values.decimal());
		assertThat(dict.get("path")).isEqualTo(values.path());
		assertThat(dict.get("complex")).isEqualTo(values.complex());
		assertThat(dict.get("day")).isEqualTo(LocalDate.EPOCH);
		assertThat(dict.get("prices")).isEqualTo(values.prices());
		assertThat(toJava(dict, Values.class)).isEqualTo(values);
	}

	@Test
	void valuesBecomeWhatTheComponentAsksFor() {
		OffsetDateTime moment = OffsetDateTime.of(2026, 1, 31, 10, 0, 0, 0, ZoneOffset.UTC);
		Map<String, Object> dict = Map.of("instant", moment, "date", moment, "kind",
				new PythonEnum("r", "RAIN", "m.Kind"), "text", new PythonEnum("r", "RAIN", "m.Kind"), "point",
				PythonTuple.named(List.of("x", "y"), 1L, 2L), "points",
				List.of(PythonTuple.named(List.of("x", "y"), 1L, 2L)), "numbers",
				PythonTuple.named(List.of("a", "b"), 1L, 2L), "range", PythonRange.of(0, 3, 1));
		assertThat(toJava(dict, Asked.class)).isEqualTo(new Asked(moment.toInstant(), Date.from(moment.toInstant()),
				Kind.RAIN, "r", new Point(1, 2), List.of(new Point(1, 2)), List.of(1L, 2L), List.of(0, 1, 2)));
	}

	@Test
	void textStaysTextForDates() {
		assertThat(toJava(Map.of("day", "2026/01/31"), Formatted.class))
			.isEqualTo(new Formatted(LocalDate.of(2026, 1, 31)));
	}

	@Test
	void formatOfAPropertyIsKept() {
		assertThat(this.mapping.toPython(new Formatted(LocalDate.of(2026, 1, 31))))
			.isEqualTo(Map.of("day", "2026/01/31"));
	}

	@Test
	void valueOfAnotherMeaningIsRefused() {
		refused(Map.of("instant", LocalDateTime.MIN), Asked.class, "Python's datetime cannot become java.time.Instant");
		refused(Map.of("text", LocalDate.EPOCH), Asked.class, "result['text']");
		refused(Map.of("x", new BigDecimal("1.5"), "y", 2L), Point.class, "result['x']");
		refused(Map.of("kind", new PythonEnum(1L, "SNOW", "m.Kind")), Asked.class, "result['kind']");
		refused(Map.of("point", PythonTuple.named(List.of("x", "y"), 1.5, 2L)), Asked.class, "result['point']['x']");
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

	record Values(Instant instant, OffsetDateTime offset, ZonedDateTime zoned, LocalTime time, Duration duration,
			ZoneId zone, BigDecimal decimal, UUID uuid, Path path, PythonComplex complex, Optional<LocalDate> day,
			Map<String, BigDecimal> prices) {

	}

	record Asked(Instant instant, Date date, Kind kind, String text, Point point, List<Point> points,
			List<Long> numbers, List<Integer> range) {

	}

	record Formatted(@JsonFormat(pattern = "yyyy/MM/dd") LocalDate day) {

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
