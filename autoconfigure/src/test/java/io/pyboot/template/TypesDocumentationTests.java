package io.pyboot.template;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.IntBuffer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pyboot.JavaRef;
import io.pyboot.PythonBuffer;
import io.pyboot.PythonChannel;
import io.pyboot.PythonComplex;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonElementType;
import io.pyboot.PythonEnum;
import io.pyboot.PythonObject;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import io.pyboot.PythonView;
import io.pyboot.ReadAhead;
import io.pyboot.testing.PythonApplication;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tables of docs/types.md say what really happens.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = PythonApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=1", "pyboot.python.executable=${pyboot.test.python:}" })
class TypesDocumentationTests {

	/** From the directory of this module, which Maven runs tests in. */
	private static final Path PAGE = Path.of("..", "docs", "types.md");

	private static final String ERROR = "error";

	private static final Map<String, Class<?>> TYPES = Stream
		.of(int.class, double.class, float.class, char.class, int[].class, long[].class, double[][].class, byte[].class,
				Integer.class, String.class, Optional.class, List.class, Set.class, BigDecimal.class, TimeUnit.class,
				LocalDate.class, Instant.class, Date.class, UUID.class, Point.class)
		.collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

	@Autowired
	private PythonOperations python;

	@Test
	void argumentsArriveAsDocumented() throws IOException {
		try (PythonChannel<Long> channel = this.python.openChannel(Long.class, 1)) {
			assertArgumentsArriveAsDocumented(channel);
		}
	}

	private void assertArgumentsArriveAsDocumented(PythonChannel<?> channel) throws IOException {
		Map<String, Object> examples = examples(channel);
		examples.put("python.eval(\"{1}\", PythonObject.class)", this.python.eval("{1}", PythonObject.class));
		SoftAssertions softly = new SoftAssertions();
		for (List<String> row : rows("## From Java to Python", 4)) {
			assertThat(examples).containsKey(row.get(1));
			PythonFunction show = this.python.function("builtins:repr").args(argument(examples, row));
			PythonFunction type = this.python.function("desk:kind").args(argument(examples, row));
			softly.assertThat(type.call()).as(row.get(1)).isEqualTo(row.get(2));
			String shown = String.valueOf(show.call()).replaceFirst("at 0x\\w+", "at ...");
			softly.assertThat(shown).as(row.get(1)).isEqualTo(row.get(3));
		}
		softly.assertAll();
	}

	/** What serves only once is made anew. */
	private static Object[] argument(Map<String, Object> examples, List<String> row) {
		Object example = examples.get(row.get(1));
		return new Object[] { (example instanceof Supplier<?> supplier) ? supplier.get() : example };
	}

	@Test
	void resultsArriveAsDocumented() throws IOException {
		SoftAssertions softly = new SoftAssertions();
		try (var registration = this.python.register("thread", () -> JavaRef.of(Thread.currentThread()))) {
			for (List<String> row : rows("## From Python to Java", 3)) {
				softly.assertThat(names(row.get(1))).as(row.get(1)).contains(row.get(2));
			}
		}
		softly.assertAll();
	}

	/** Names of the types that the value of an expression has. */
	private List<String> names(String expression) {
		try {
			Object value = this.python.eval(expression);
			if (value == null) {
				return List.of("null");
			}
			List<Class<?>> types = new ArrayList<>(List.of(ClassUtils.getAllInterfaces(value)));
			for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
				types.add(type);
			}
			return types.stream().map(Class::getSimpleName).toList();
		}
		catch (PythonConversionException ex) {
			return List.of(ERROR);
		}
	}

	@Test
	void resultsBecomeTheTypeAskedForAsDocumented() throws IOException {
		SoftAssertions softly = new SoftAssertions();
		for (List<String> row : rows("## With a result type", 4)) {
			assertThat(TYPES).containsKey(row.get(2));
			softly.assertThat(show(row.get(1), TYPES.get(row.get(2)))).as(row.toString()).isEqualTo(row.get(3));
		}
		softly.assertAll();
	}

	private String show(String expression, Class<?> type) {
		try {
			Object value = this.python.eval(expression, type);
			if (value instanceof Date date) {
				return String.valueOf(date.getTime());
			}
			if (value != null && value.getClass().isArray()) {
				return Arrays.deepToString(new Object[] { value }).replaceFirst("^\\[(.*)]$", "$1");
			}
			return ObjectUtils.getDisplayString(value).replaceFirst("^$", "null");
		}
		catch (PythonConversionException ex) {
			return ERROR;
		}
	}

	private static Map<String, Object> examples(PythonChannel<?> channel) {
		Map<String, Object> examples = new HashMap<>();
		examples.put("null", null);
		examples.put("true", true);
		examples.put("42", 42);
		examples.put("BigInteger.TWO.pow(70)", BigInteger.TWO.pow(70));
		examples.put("0.5", 0.5);
		examples.put("\"text\"", "text");
		examples.put("new byte[] { 1, 2 }", new byte[] { 1, 2 });
		examples.put("new double[] { 1, 2 }", new double[] { 1, 2 });
		examples.put("new float[] { 1, 2 }", new float[] { 1, 2 });
		examples.put("new long[] { 1, 2 }", new long[] { 1, 2 });
		examples.put("new int[] { 1, 2 }", new int[] { 1, 2 });
		examples.put("new short[] { 1, 2 }", new short[] { 1, 2 });
		examples.put("new double[][] { { 1 }, { 2, 3 } }", new double[][] { { 1 }, { 2, 3 } });
		examples.put("IntBuffer.wrap(new int[] { 1, 2 })", IntBuffer.wrap(new int[] { 1, 2 }));
		examples.put("PythonView.of(bytes)", PythonView.of(ByteBuffer.allocateDirect(1)));
		examples.put("CharBuffer.wrap(\"text\")", CharBuffer.wrap("text"));
		examples.put("new boolean[] { true }", new boolean[] { true });
		examples.put("PythonBuffer.wrap(UINT8, bytes, 2, 1)",
				PythonBuffer.wrap(PythonElementType.UINT8, ByteBuffer.allocate(2), 2, 1));
		examples.put("new String[] { \"a\", \"b\" }", new String[] { "a", "b" });
		examples.put("List.of(1, \"a\")", List.of(1, "a"));
		examples.put("PythonTuple.of(1, \"a\")", PythonTuple.of(1, "a"));
		examples.put("Set.of(1)", Set.of(1));
		examples.put("Map.of(\"a\", 1)", Map.of("a", 1));
		examples.put("Optional.of(\"a\")", Optional.of("a"));
		examples.put("TimeUnit.DAYS", TimeUnit.DAYS);
		examples.put("new Point(1, 2.5)", new Point(1, 2.5));
		examples.put("(Iterable<Integer>) List.of(1)::iterator", (Iterable<Integer>) List.of(1)::iterator);
		examples.put("new Properties()", new Properties());
		examples.put("LocalDate.of(2026, 1, 31)", LocalDate.of(2026, 1, 31));
		examples.put("LocalDateTime.of(2026, 1, 31, 10, 0)", LocalDateTime.of(2026, 1, 31, 10, 0));
		examples.put("Instant.EPOCH", Instant.EPOCH);
		examples.put("OffsetDateTime.parse(\"2026-01-31T10:00+01:00\")",
				OffsetDateTime.parse("2026-01-31T10:00+01:00"));
		examples.put("ZonedDateTime.parse(\"2026-10-25T02:30+01:00[Europe/Berlin]\")",
				ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Berlin]"));
		examples.put("LocalTime.NOON", LocalTime.NOON);
		examples.put("OffsetTime.parse(\"12:00Z\")", OffsetTime.parse("12:00Z"));
		examples.put("Duration.ofMinutes(90)", Duration.ofMinutes(90));
		examples.put("ZoneOffset.UTC", ZoneOffset.UTC);
		examples.put("ZoneId.of(\"Europe/Berlin\")", ZoneId.of("Europe/Berlin"));
		examples.put("new BigDecimal(\"1.50\")", new BigDecimal("1.50"));
		examples.put("new AtomicLong(1)", new AtomicLong(1));
		examples.put("new DoubleAdder()", new DoubleAdder());
		examples.put("new AtomicBoolean()", new AtomicBoolean());
		examples.put("new PythonComplex(1, 2)", new PythonComplex(1, 2));
		examples.put("PythonRange.of(0, 5, 2)", PythonRange.of(0, 5, 2));
		examples.put("new UUID(0, 1)", new UUID(0, 1));
		examples.put("Path.of(\"a/b\")", Path.of("a/b"));
		examples.put("new StringBuilder(\"a\")", new StringBuilder("a"));
		examples.put("URI.create(\"http://a\")", URI.create("http://a"));
		examples.put("Locale.GERMANY", Locale.GERMANY);
		examples.put("Currency.getInstance(\"EUR\")", Currency.getInstance("EUR"));
		examples.put("String.class", String.class);
		examples.put("new PythonEnum(1, \"A\", \"m.E\")", new PythonEnum(1, "A", "m.E"));
		examples.put("JavaRef.of(\"text\")", JavaRef.of("text"));
		examples.put("Set.of(List.of(1, 2))", Set.of(List.of(1, 2)));
		examples.put("Set.of(Set.of(1))", Set.of(Set.of(1)));
		examples.put("List.of(1).iterator()", List.of(1).iterator());
		examples.put("Stream.of(1)", (Supplier<?>) () -> Stream.of(1));
		examples.put("ReadAhead.of(Stream.of(1), 100)", (Supplier<?>) () -> ReadAhead.of(Stream.of(1), 100));
		examples.put("Flux.just(1)", Flux.just(1));
		examples.put("python.openChannel(Long.class, 1)", channel);
		return examples;
	}

	/** The rows of the tables of a chapter that have so many cells, without backticks. */
	private static List<List<String>> rows(String heading, int cells) throws IOException {
		List<List<String>> rows = new ArrayList<>();
		boolean inside = false;
		for (String line : Files.readAllLines(PAGE)) {
			inside = line.startsWith("## ") ? line.equals(heading) : inside;
			if (inside && line.startsWith("| ") && !line.contains("| for example |")) {
				List<String> row = Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
				assertThat(row).hasSize(cells);
				rows.add(row.stream().map((cell) -> cell.replace("`", "")).toList());
			}
		}
		assertThat(rows).isNotEmpty();
		return rows;
	}

	record Point(int x, double y) {

	}

}
