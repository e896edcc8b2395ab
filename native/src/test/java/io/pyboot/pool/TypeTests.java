package io.pyboot.pool;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import io.pyboot.PythonComplex;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonEnum;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Dates, times, decimals and the other values made of more than one part cross both ways,
 * in every container, and never by the default time zone of the JVM, which is an odd one
 * here.
 */
class TypeTests extends PoolTestBase {

	private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

	private static final LocalDateTime AUTUMN = LocalDateTime.of(2026, 10, 25, 2, 30);

	private static final String DT = "__import__('datetime').";

	private static final String ZONE = "__import__('zoneinfo').ZoneInfo('Europe/Berlin')";

	private final TimeZone usual = TimeZone.getDefault();

	@BeforeAll
	void defineFunctions() {
		TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
		this.pool.broadcast(PythonRequest.exec("""
				import collections, dataclasses, enum, types, typing

				def echo(x): return x
				def named(*, x): return x
				def show(x): return f"{type(x).__module__}.{type(x).__qualname__} {x!r}"
				def iso(x): return x.isoformat()
				def text(x): return str(x)

				class Color(enum.Enum):
				    RED = 'r'
				    GREEN = (0, 255, 0)
				class Access(enum.Flag):
				    READ = 1
				    WRITE = 2
				class Number(enum.IntEnum):
				    ONE = 1
				class Word(enum.StrEnum):
				    HELLO = 'hi'
				class Odd(enum.Enum):
				    OBJECT = object()

				@dataclasses.dataclass(frozen=True)
				class Point:
				    x: int
				    y: float = 2.5
				    kind: typing.ClassVar[str] = 'k'
				@dataclasses.dataclass
				class Node:
				    name: str
				    next: object = None
				class Slots(Point):
				    __slots__ = ()
				Pair = collections.namedtuple('Pair', 'left right')
				class Typed(typing.NamedTuple):
				    left: int
				    right: object
				Empty = collections.namedtuple('Empty', '')

				class MyInt(int): pass
				class MyStr(str): pass
				class MyBytes(bytes): pass
				class MyBytearray(bytearray): pass
				class MyDict(collections.UserDict): pass
				""", Map.of()), Engine.NONE);
	}

	@AfterAll
	void restoreTimeZone() {
		TimeZone.setDefault(this.usual);
	}

	static List<Object> echoed() {
		return List.of(LocalDate.of(2026, 1, 31), LocalDate.of(1, 1, 1), LocalDate.of(9999, 12, 31),
				LocalDateTime.of(2026, 3, 8, 2, 30, 1, 123_456_000), LocalTime.MIDNIGHT,
				LocalTime.of(23, 59, 59, 999_999_000), OffsetTime.of(10, 0, 0, 0, ZoneOffset.ofHoursMinutes(5, 30)),
				OffsetDateTime.of(2026, 7, 1, 10, 0, 0, 0, ZoneOffset.UTC),
				OffsetDateTime.of(2026, 7, 1, 10, 0, 0, 1000, ZoneOffset.ofHoursMinutesSeconds(-5, -30, -15)),
				ZonedDateTime.ofLocal(AUTUMN, BERLIN, ZoneOffset.ofHours(2)),
				ZonedDateTime.ofLocal(AUTUMN, BERLIN, ZoneOffset.ofHours(1)),
				ZonedDateTime.of(2026, 7, 1, 10, 0, 0, 0, ZoneId.of("UTC")),
				ZonedDateTime.of(1890, 1, 1, 0, 0, 0, 0, BERLIN), Duration.ZERO, Duration.ofMillis(-1),
				Duration.ofDays(-999_999_999), Duration.ofDays(400).plusNanos(1000), ZoneOffset.UTC,
				ZoneOffset.ofHours(-8), BERLIN, new BigDecimal("0"), new BigDecimal("1.50"), new BigDecimal("-0.00"),
				new BigDecimal("1E+5"), new BigDecimal("0E-10"), new BigDecimal("1E-30"), new BigDecimal("1E+400000"),
				new BigDecimal(BigInteger.TEN.pow(5000).add(BigInteger.ONE), 17), new UUID(1, 2), new UUID(-1, -1),
				Path.of("a", "b c", "\u00e9"), Path.of("/"), new PythonComplex(1.5, -0.0),
				new PythonComplex(Double.NaN, Double.NEGATIVE_INFINITY), PythonRange.of(0, 10, 3),
				PythonRange.of(5, -5, -1), PythonRange.of(Long.MIN_VALUE, Long.MIN_VALUE, 1));
	}

	static Stream<Arguments> echoes() {
		return echoed().stream()
			.flatMap((value) -> Stream.of(Engine.Way.values()).map((way) -> Arguments.of(way, value)));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("echoes")
	void valueComesBackEqualWhereverItStands(Engine.Way way, Object value) {
		assertThat(way.run(this.pool, Engine.call("__main__:echo", value))).isEqualTo(value).hasSameClassAs(value);
		assertThat(way.run(this.pool, PythonRequest.call("__main__:named", new Object[0], Map.of("x", value))))
			.isEqualTo(value);
		assertThat(way.run(this.pool, PythonRequest.eval("v", Map.of("v", value)))).isEqualTo(value);
		Object nested = List.of(Map.of("k", PythonTuple.of(value)), Set.of(value), Map.of(value, value));
		assertThat(way.run(this.pool, Engine.call("__main__:echo", nested))).isEqualTo(nested);
	}

	static Stream<Arguments> arguments() {
		Instant instant = Instant.parse("2026-01-31T10:00:00.123456Z");
		String utc = "datetime.datetime datetime.datetime(2026, 1, 31, 10, 0, %stzinfo=datetime.timezone.utc)";
		return Stream.of(Arguments.of(LocalDate.of(2026, 1, 31), "datetime.date datetime.date(2026, 1, 31)"),
				Arguments.of(LocalDateTime.of(2026, 1, 31, 1, 2, 3, 4000),
						"datetime.datetime datetime.datetime(2026, 1, 31, 1, 2, 3, 4)"),
				Arguments.of(instant, utc.formatted("0, 123456, ")),
				Arguments.of(Date.from(instant), utc.formatted("0, 123000, ")),
				Arguments.of(java.sql.Timestamp.from(instant), utc.formatted("0, 123456, ")),
				Arguments.of(new java.sql.Date(instant.toEpochMilli()), utc.formatted("0, 123000, ")),
				Arguments.of(new java.sql.Time(0),
						"datetime.datetime datetime.datetime(1970, 1, 1, 0, 0, " + "tzinfo=datetime.timezone.utc)"),
				Arguments.of(instant.atOffset(ZoneOffset.ofHoursMinutes(5, 30)),
						"datetime.datetime datetime.datetime(2026, 1, 31, 15, 30, 0, 123456, "
								+ "tzinfo=datetime.timezone(datetime.timedelta(seconds=19800)))"),
				Arguments.of(ZonedDateTime.ofLocal(AUTUMN, BERLIN, ZoneOffset.ofHours(1)),
						"datetime.datetime datetime.datetime(2026, 10, 25, 2, 30, fold=1, "
								+ "tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))"),
				Arguments.of(GregorianCalendar.from(ZonedDateTime.ofLocal(AUTUMN, BERLIN, ZoneOffset.ofHours(2))),
						"datetime.datetime datetime.datetime(2026, 10, 25, 2, 30, "
								+ "tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))"),
				Arguments.of(ZonedDateTime.of(AUTUMN, ZoneId.of("GMT+2")),
						"datetime.datetime datetime.datetime(2026, 10, 25, 2, 30, "
								+ "tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)))"),
				Arguments.of(LocalTime.of(1, 2, 3), "datetime.time datetime.time(1, 2, 3)"),
				Arguments.of(LocalTime.MAX, "datetime.time datetime.time(23, 59, 59, 999999)"),
				Arguments.of(LocalTime.NOON.atOffset(ZoneOffset.UTC),
						"datetime.time datetime.time(12, 0, tzinfo=datetime.timezone.utc)"),
				Arguments.of(Instant.parse("1969-12-31T23:59:59.999999999Z"),
						"datetime.datetime datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, "
								+ "tzinfo=datetime.timezone.utc)"),
				Arguments.of(Duration.ofSeconds(90_061, 5000),
						"datetime.timedelta datetime.timedelta(days=1, seconds=3661, microseconds=5)"),
				Arguments.of(TimeZone.getTimeZone("Europe/Berlin"),
						"zoneinfo.ZoneInfo zoneinfo.ZoneInfo(key='Europe/Berlin')"),
				Arguments.of(ZoneOffset.UTC, "datetime.timezone datetime.timezone.utc"),
				Arguments.of(new BigDecimal("1.50"), "decimal.Decimal Decimal('1.50')"),
				Arguments.of(new BigDecimal("1E+3"), "decimal.Decimal Decimal('1E+3')"),
				Arguments.of(new UUID(0x0011223344556677L, 0x8899aabbccddeeffL),
						"uuid.UUID UUID('00112233-4455-6677-8899-aabbccddeeff')"),
				Arguments.of(new PythonComplex(1, -2), "builtins.complex (1-2j)"),
				Arguments.of(PythonRange.of(0, 9, 2), "builtins.range range(0, 9, 2)"),
				Arguments.of(new AtomicInteger(1), "builtins.int 1"), Arguments.of(new AtomicLong(2), "builtins.int 2"),
				Arguments.of(new LongAdder(), "builtins.int 0"), Arguments.of(new DoubleAdder(), "builtins.float 0.0"),
				Arguments.of(new AtomicBoolean(true), "builtins.bool True"),
				Arguments.of(new StringBuilder("a\0b"), "builtins.str 'a\\x00b'"),
				Arguments.of(Optional.empty(), "builtins.NoneType None"),
				Arguments.of(Optional.of(Optional.of(List.of(1))), "builtins.list [1]"),
				Arguments.of(OptionalInt.of(1), "builtins.int 1"),
				Arguments.of(OptionalLong.empty(), "builtins.NoneType None"),
				Arguments.of(OptionalDouble.of(0.5), "builtins.float 0.5"),
				Arguments.of(TimeUnit.DAYS, "builtins.str 'DAYS'"),
				Arguments.of(URI.create("http://a/b"), "builtins.str 'http://a/b'"),
				Arguments.of(Locale.GERMANY, "builtins.str 'de-DE'"),
				Arguments.of(Currency.getInstance("EUR"), "builtins.str 'EUR'"),
				Arguments.of(StandardCharsets.UTF_8, "builtins.str 'UTF-8'"),
				Arguments.of(String.class, "builtins.str 'java.lang.String'"),
				Arguments.of((Iterable<Object>) List.<Object>of(1, 2)::iterator, "builtins.list [1, 2]"),
				Arguments.of(new ArrayDeque<>(List.of(1, 2)), "builtins.list [1, 2]"),
				Arguments.of(Collections.singletonMap(null, null), "builtins.dict {None: None}"),
				Arguments.of(properties(), "builtins.dict {'by': 'default'}"),
				Arguments.of(new PythonEnum(5L, "FIVE", "m.E"), "builtins.int 5"),
				Arguments.of(PythonTuple.named(List.of("a"), 1), "builtins.tuple (1,)"),
				Arguments.of(Set.of(Optional.of(List.of(1))), "builtins.set {(1,)}"));
	}

	private static Properties properties() {
		Properties defaults = new Properties();
		defaults.setProperty("by", "default");
		return new Properties(defaults);
	}

	@ParameterizedTest
	@MethodSource("arguments")
	void javaValueIsThisInPython(Object value, String shown) {
		assertThat(call("show", value)).isEqualTo(shown);
	}

	@Test
	void pathsAreThoseOfTheSystem() {
		assertThat((String) call("show", Path.of("a", "b"))).startsWith("pathlib.").endsWith("PosixPath('a/b')");
		assertThat((String) call("show", new File("a/b"))).endsWith("PosixPath('a/b')");
		assertThat(call("text", Path.of("a", "b"))).isEqualTo("a/b");
	}

	@Test
	void datesKnowTheirIsoForm() {
		assertThat(call("iso", Instant.parse("2026-01-31T10:00:00Z"))).isEqualTo("2026-01-31T10:00:00+00:00");
		assertThat(call("iso", new Date(0))).isEqualTo("1970-01-01T00:00:00+00:00");
		assertThat(call("iso", LocalDate.of(2026, 1, 31))).isEqualTo("2026-01-31");
		assertThat(call("text", Duration.ofMinutes(90))).isEqualTo("1:30:00");
	}

	static Stream<Arguments> expressions() {
		return Stream.of(
				Arguments.of(DT + "datetime(2026, 1, 31, 1, 2, 3, 4)", LocalDateTime.of(2026, 1, 31, 1, 2, 3, 4000)),
				Arguments.of(DT + "datetime(2026, 1, 31, tzinfo=" + DT + "timezone.utc)",
						OffsetDateTime.of(2026, 1, 31, 0, 0, 0, 0, ZoneOffset.UTC)),
				Arguments.of(DT + "datetime(2026, 1, 31, tzinfo=" + DT + "timezone(" + DT + "timedelta(minutes=330)))",
						OffsetDateTime.of(2026, 1, 31, 0, 0, 0, 0, ZoneOffset.ofHoursMinutes(5, 30))),
				Arguments.of(DT + "datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=" + ZONE + ")",
						ZonedDateTime.ofLocal(AUTUMN, BERLIN, ZoneOffset.ofHours(1))),
				Arguments.of(DT + "datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=" + ZONE + ")",
						ZonedDateTime.ofLocal(AUTUMN, BERLIN, ZoneOffset.ofHours(2))),
				Arguments.of(DT + "datetime(2026, 3, 29, 2, 30, tzinfo=" + ZONE + ")",
						ZonedDateTime.of(2026, 3, 29, 3, 30, 0, 0, BERLIN)),
				Arguments.of("type('D', (" + DT + "datetime,), {})(2026, 1, 31)", LocalDateTime.of(2026, 1, 31, 0, 0)),
				Arguments.of("type('D', (" + DT + "date,), {})(2026, 1, 31)", LocalDate.of(2026, 1, 31)),
				Arguments.of("__import__('decimal').Decimal('-0.00')", new BigDecimal("0.00")),
				Arguments.of("__import__('decimal').Decimal('1E+5')", new BigDecimal("1E+5")),
				Arguments.of("type('D', (__import__('decimal').Decimal,), {'__str__': lambda s: 'x'})('1.50')",
						new BigDecimal("1.50")),
				Arguments.of("range(10)[2:8:2]", PythonRange.of(2, 8, 2)),
				Arguments.of("range(10**9)", PythonRange.of(0, 1_000_000_000, 1)),
				Arguments.of("1j", new PythonComplex(0, 1)),
				Arguments.of("__import__('pathlib').PurePath('a', 'b')", Path.of("a", "b")),
				Arguments.of("Color.RED", new PythonEnum("r", "RED", "__main__.Color")),
				Arguments.of("Color.GREEN", new PythonEnum(PythonTuple.of(0L, 255L, 0L), "GREEN", "__main__.Color")),
				Arguments.of("{Color.RED: [Color.RED]}",
						Map.of(new PythonEnum("r", "RED", "__main__.Color"),
								List.of(new PythonEnum("r", "RED", "__main__.Color")))),
				Arguments.of("Access.READ | Access.WRITE", new PythonEnum(3L, "READ|WRITE", "__main__.Access")),
				Arguments.of("Access(0)", new PythonEnum(0L, null, "__main__.Access")), Arguments.of("Number.ONE", 1L),
				Arguments.of("Word.HELLO", "hi"), Arguments.of("Point(1)", Map.of("x", 1L, "y", 2.5)),
				Arguments.of("Slots(1)", Map.of("x", 1L, "y", 2.5)),
				Arguments.of("[{Point(1): Node('a', Node('b'))}]",
						List.of(Map.of(Map.of("x", 1L, "y", 2.5), node("a", node("b", null))))),
				Arguments.of("Pair(1, 'a')", PythonTuple.of(1L, "a")), Arguments.of("Empty()", PythonTuple.of()),
				Arguments.of("{1: 2}.keys()", List.of(1L)), Arguments.of("{1: 2}.values()", List.of(2L)),
				Arguments.of("{1: [2]}.items()", List.of(PythonTuple.of(1L, List.of(2L)))),
				Arguments.of("collections.OrderedDict(a=1).keys()", List.of("a")),
				Arguments.of("collections.deque([1, [2]])", List.of(1L, List.of(2L))),
				Arguments.of("collections.defaultdict(int, a=1)", Map.of("a", 1L)),
				Arguments.of("collections.Counter('aab')", Map.of("a", 2L, "b", 1L)),
				Arguments.of("collections.ChainMap({'a': 1}, {'a': 2, 'b': 3})", Map.of("a", 1L, "b", 3L)),
				Arguments.of("types.MappingProxyType({'a': {1}})", Map.of("a", Set.of(1L))),
				Arguments.of("MyDict(a=1)", Map.of("a", 1L)), Arguments.of("collections.UserList([1])", List.of(1L)),
				Arguments.of("collections.UserString('ab')", "ab"),
				Arguments.of("MyInt(2**70)", BigInteger.TWO.pow(70)), Arguments.of("MyStr('\\ud800')", "\ud800"),
				Arguments.of("{MyStr('k'): MyInt(1)}", Map.of("k", 1L)), Arguments.of("frozenset()", Set.of()),
				Arguments.of("{}.keys()", List.of()), Arguments.of("{(1, 'a'): 1, 'k': 2, None: 3}", mixedKeys()));
	}

	private static Map<String, @Nullable Object> node(String name, @Nullable Object next) {
		Map<String, @Nullable Object> node = new LinkedHashMap<>();
		node.put("name", name);
		node.put("next", next);
		return node;
	}

	private static Map<@Nullable Object, Object> mixedKeys() {
		Map<@Nullable Object, Object> map = new HashMap<>();
		map.put(PythonTuple.of(1L, "a"), 1L);
		map.put("k", 2L);
		map.put(null, 3L);
		return map;
	}

	@ParameterizedTest
	@MethodSource("expressions")
	void pythonValueIsThisInJava(String expression, Object expected) {
		Object value = Engine.eval(this.pool, expression);
		assertThat(value).isEqualTo(expected);
		assertThat(Engine.eval(this.pool, "{'k': [(" + expression + ",)]}"))
			.isEqualTo(Map.of("k", List.of(PythonTuple.of(value))));
	}

	@Test
	void subclassesOfBytesAreBytes() {
		assertThat((byte[]) Engine.eval(this.pool, "MyBytes(b'ab')")).containsExactly('a', 'b');
		assertThat((byte[]) Engine.eval(this.pool, "MyBytearray(b'ab')")).containsExactly('a', 'b');
	}

	@Test
	void namedTupleBringsItsNames() {
		PythonTuple pair = (PythonTuple) Engine.eval(this.pool, "Typed(1, Pair(2, 3))");
		assertThat(pair.names()).containsExactly("left", "right");
		assertThat(pair.toMap()).isEqualTo(Map.of("left", 1L, "right", List.of(2L, 3L)));
		assertThat(((PythonTuple) Engine.eval(this.pool, "(1, 2)")).names()).isEmpty();
	}

	@Test
	void dataclassKeepsTheOrderOfItsFields() {
		assertThat(String.valueOf(Engine.eval(this.pool, "Point(1)"))).isEqualTo("{x=1, y=2.5}");
	}

	@Test
	void resultsAreSerializable() throws Exception {
		Object value = Engine.eval(this.pool,
				"[Color.RED, range(3), 1j, Pair(1, 2), Point(1), " + DT + "date.today()]");
		new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(value);
	}

	static Stream<Arguments> refusedResults() {
		return Stream.of(Arguments.of("...", "'ellipsis' has no counterpart"),
				Arguments.of("[NotImplemented]", "'NotImplementedType' has no counterpart in Java, at result[0]"),
				Arguments.of("iter([1])", "'list_iterator' has no counterpart"),
				Arguments.of("object", "'type' has no counterpart"),
				Arguments.of("__import__('decimal').Decimal('NaN')",
						"'decimal.Decimal' cannot become a Java value: NaN"),
				Arguments.of("__import__('decimal').Decimal('-Infinity')", "-Infinity"),
				Arguments.of("__import__('decimal').Decimal('1E+99999999999')", "Decimal has no counterpart"),
				Arguments.of("{'d': [__import__('decimal').Decimal('sNaN')]}", "at result['d'][0]"),
				Arguments.of(
						DT + "datetime(2026, 1, 1, tzinfo=" + DT + "timezone(" + DT + "timedelta(microseconds=1)))",
						"no whole number of seconds"),
				Arguments.of("[" + DT + "timezone(" + DT + "timedelta(hours=20))]", "at result[0]"),
				Arguments.of(DT + "time(1, tzinfo=" + ZONE + ")", "its zone has no offset"),
				Arguments.of("__import__('fractions').Fraction(1, 3)", "'fractions.Fraction' has no counterpart"),
				Arguments.of("range(10**10)", "a Python range has no counterpart in Java"),
				Arguments.of("range(2**70)", "64 bits"),
				Arguments.of("__import__('pathlib').PureWindowsPath('a')", "another operating system"),
				Arguments.of("[__import__('pathlib').Path('a\\0b')]", "a Python Path has no counterpart"),
				Arguments.of("Odd.OBJECT", "'object' has no counterpart in Java, at result"),
				Arguments.of("[Point(1, object())]", "'object' has no counterpart in Java, at result[0]['y']"),
				Arguments.of("[Pair(1, object())]", "'object' has no counterpart in Java, at result[0][1]"),
				Arguments.of("Node.__new__(Node)", "'__main__.Node' has no counterpart"),
				Arguments.of("(n := Node('a'), setattr(n, 'next', [n]), n)[2]",
						"a Python '__main__.Node' contains itself"),
				Arguments.of("(d := collections.deque(), d.append(d), d)[2]",
						"a Python 'collections.deque' contains itself"));
	}

	@ParameterizedTest
	@MethodSource("refusedResults")
	void resultThatCannotCrossIsNamed(String expression, String message) {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> Engine.eval(this.pool, expression))
			.withMessageContaining(message);
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	static Stream<Arguments> refusedArguments() {
		return Stream.of(Arguments.of(LocalDate.of(10_000, 1, 1), "'java.time.LocalDate' of the year 10000"),
				Arguments.of(LocalDateTime.of(0, 1, 1, 0, 0), "of the year 0"),
				Arguments.of(Instant.MAX, "'java.time.Instant' of the year"),
				Arguments.of(Instant.MIN, "'java.time.Instant' of the year"),
				Arguments.of(new Date(Long.MAX_VALUE), "'java.util.Date' of the year"),
				Arguments.of(Duration.ofNanos(1), "use truncatedTo(ChronoUnit.MICROS)"),
				Arguments.of(Duration.ofSeconds(Long.MAX_VALUE), "longer than a Python timedelta"),
				Arguments.of(Period.ofMonths(1), "'java.time.Period' has no counterpart in Python"),
				Arguments.of(java.time.YearMonth.of(2026, 1), "'java.time.YearMonth' has no counterpart in Python"));
	}

	@ParameterizedTest
	@MethodSource("refusedArguments")
	void argumentThatCannotCrossIsNamed(Object value, String message) {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> call("echo", Map.of("k", Arrays.asList(null, value))))
			.withMessageContaining(message)
			.withMessageContaining("args[0]['k'][1]");
	}

	@Test
	void zoneThatPythonDoesNotKnowIsNamed() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> call("echo", ZoneId.of("SystemV/PST8PDT")))
			.withMessageContaining("this Python knows no time zone 'SystemV/PST8PDT'")
			.withMessageContaining("tzdata");
	}

	static List<String> hostile() {
		return List.of("type('H', (), {'__class__': property(lambda s: 1/0)})()",
				"type('H', (), {'__getattr__': lambda s, n: 1/0, '__iter__': lambda s: 1/0})()",
				"type('H', (tuple,), {'_fields': property(lambda s: 1/0), '__iter__': lambda s: 1/0, "
						+ "'__len__': lambda s: 1/0})([object()])",
				"type('H', (" + DT + "datetime,), {'utcoffset': lambda s: 1/0})(2026, 1, 1)",
				"type('H', (collections.UserDict,), {'__getitem__': lambda s, k: 1/0})(a=1)",
				"type('H', (), {'__dataclass_fields__': 5})()",
				"type('M', (type,), {'__getattribute__': lambda c, n: 1/0})('H', (), {})()",
				"type('M', (type,), {'__hash__': lambda c: 1/0})('H', (), {})()");
	}

	@ParameterizedTest
	@MethodSource("hostile")
	void hostileObjectIsAnErrorOfItsRequestOnly(String expression) {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> Engine.eval(this.pool, "[" + expression + "]"))
			.withMessageContaining("result[0]");
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@Test
	void scalarsMayStandAsDeepAsAnyOther() {
		Object value = LocalDate.of(2026, 1, 31);
		for (int i = 0; i < 200; i++) {
			value = List.of(value);
		}
		assertThat(call("echo", value)).isEqualTo(value);
	}

	@Test
	void deepDataclassesAreRefusedAsOtherContainersAre() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> Engine.eval(this.pool,
					"__import__('functools').reduce(lambda a, _: Node('x', a), range(1000), None)"))
			.withMessageContaining("deeper than 200 levels");
		List<Object> optionals = new ArrayList<>();
		Optional<?> deep = Optional.empty();
		for (int i = 0; i < 1000; i++) {
			deep = Optional.of(deep);
		}
		optionals.add(deep);
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> call("echo", optionals))
			.withMessageContaining("deeper than 200 levels");
	}

	@Test
	void valuesImportOnlyWhatTheyNeed() {
		try (PythonPool fresh = PythonPool.open(this.runtime, PoolOptions.named("fresh").withSize(1))) {
			assumeTrue(fresh.mode() == PythonMode.SUBINTERPRETER, "contexts of mode main share their modules");
			String loaded = "[m for m in ('uuid', 'zoneinfo', 'decimal', 'pyboot._values') if m in __import__('sys').modules]";
			List<?> before = (List<?>) Engine.eval(fresh, loaded);
			assertThat(fresh.invoke(Engine.call("builtins:str", new UUID(0, 1)), Engine.NONE))
				.isEqualTo("00000000-0000-0000-0000-000000000001");
			List<Object> after = new ArrayList<>((List<?>) Engine.eval(fresh, loaded));
			after.removeAll(before);
			assertThat(before.contains("pyboot._values")).isFalse();
			assertThat(after).containsExactlyInAnyOrder("uuid", "pyboot._values");
		}
	}

	private @Nullable Object call(String function, Object argument) {
		return this.pool.invoke(Engine.call("__main__:" + function, argument), Engine.NONE);
	}

}
