package io.pyboot.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonComplex;
import io.pyboot.PythonElementType;
import io.pyboot.PythonEnum;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import net.jqwik.api.arbitraries.IntegerArbitrary;
import org.jspecify.annotations.Nullable;

/**
 * Random Java values of every type that docs/types.md names, in random nesting, each with
 * what it must be when it comes back from Python.
 */
public final class RandomValues {

	/** What Java and Python agree about for centuries. */
	private static final List<ZoneId> ZONES = List.of(ZoneId.of("Europe/Berlin"), ZoneId.of("America/New_York"),
			ZoneId.of("Asia/Kolkata"), ZoneId.of("Australia/Lord_Howe"), ZoneId.of("UTC"));

	private static final int SMALL = 5;

	private RandomValues() {
	}

	/**
	 * A value on its way to Python and back.
	 *
	 * @param sent what is sent
	 * @param back what comes back
	 */
	public record Crossing(@Nullable Object sent, @Nullable Object back) {

		static Crossing same(@Nullable Object value) {
			return new Crossing(value, value);
		}

	}

	/**
	 * Any value.
	 * @param depth how deep containers may be nested
	 */
	public static Arbitrary<Crossing> any(int depth) {
		if (depth == 0) {
			return Arbitraries.frequencyOf(Tuple.of(4, scalars()), Tuple.of(1, buffers()));
		}
		Arbitrary<Crossing> element = Arbitraries.lazy(() -> any(depth - 1));
		return Arbitraries.frequencyOf(Tuple.of(3, any(0)), Tuple.of(5, containers(element)));
	}

	private static Arbitrary<Crossing> containers(Arbitrary<Crossing> element) {
		Arbitrary<List<Crossing>> elements = element.list().ofMaxSize(SMALL);
		Arbitrary<List<Crossing>> keys = keys(2).list().ofMaxSize(SMALL);
		return Arbitraries.oneOf(elements.map((each) -> new Crossing(sent(each), back(each))),
				elements.map((each) -> new Crossing(tuple(sent(each)), tuple(back(each)))),
				elements.map((each) -> new Crossing(sent(each).toArray(), back(each))),
				elements.map((each) -> new Crossing(iterable(sent(each)), back(each))),
				keys.map(RandomValues::distinct)
					.map((each) -> new Crossing(new LinkedHashSet<>(sent(each)), new LinkedHashSet<>(back(each)))),
				element.map((each) -> new Crossing(Optional.ofNullable(each.sent()), each.back())),
				Combinators.combine(keys, element.list().ofSize(SMALL))
					.as((names, values) -> map(distinct(names), values)));
	}

	/** What Python can hash: sets and lists become frozensets and tuples there. */
	private static Arbitrary<Crossing> keys(int depth) {
		Arbitrary<Crossing> bytes = byteArrays()
			.map((value) -> new Crossing(value, ByteBuffer.wrap(value).asReadOnlyBuffer()));
		if (depth == 0) {
			return Arbitraries.frequencyOf(Tuple.of(6, scalars()), Tuple.of(1, bytes));
		}
		Arbitrary<List<Crossing>> elements = Arbitraries.lazy(() -> keys(depth - 1)).list().ofMaxSize(3);
		return Arbitraries.frequencyOf(Tuple.of(6, keys(0)),
				Tuple.of(1, elements.map((each) -> new Crossing(sent(each), tuple(back(each))))),
				Tuple.of(1, elements.map((each) -> new Crossing(tuple(sent(each)), tuple(back(each))))),
				Tuple.of(1, elements.map(RandomValues::distinct)
					.map((each) -> new Crossing(new LinkedHashSet<>(sent(each)), new LinkedHashSet<>(back(each))))));
	}

	private static Arbitrary<Crossing> scalars() {
		return Arbitraries.oneOf(List.of(same(Arbitraries.of(true, false)), same(Arbitraries.just(null)), integers(),
				floats(), strings(), decimals(), dates(), times(), others()));
	}

	private static Arbitrary<Crossing> same(Arbitrary<?> values) {
		return values.map(Crossing::same);
	}

	private static <T> Arbitrary<Crossing> as(Arbitrary<T> values, Function<T, @Nullable Object> back) {
		return values.map((value) -> new Crossing(value, back.apply(value)));
	}

	private static Arbitrary<Crossing> integers() {
		Arbitrary<Crossing> sized = as(bigIntegers(), (value) -> (value.bitLength() < 64) ? value.longValue() : value);
		return Arbitraries.oneOf(same(Arbitraries.longs()), as(Arbitraries.integers(), Integer::longValue),
				as(Arbitraries.shorts(), Short::longValue), as(Arbitraries.bytes(), Byte::longValue), sized);
	}

	/** Near the powers of two, where a size ends. */
	private static Arbitrary<BigInteger> bigIntegers() {
		IntegerArbitrary nearby = Arbitraries.integers().between(-2, 2);
		return Combinators.combine(Arbitraries.integers().between(0, 3000), nearby, Arbitraries.of(1, -1))
			.as((bits, near,
					sign) -> BigInteger.TWO.pow(bits).add(BigInteger.valueOf(near)).multiply(BigInteger.valueOf(sign)));
	}

	private static Arbitrary<Double> doubles() {
		return Arbitraries.oneOf(Arbitraries.longs().map(Double::longBitsToDouble),
				Arbitraries.of(0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
						Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 1.0, 0.1, 0x1p53, 1e300));
	}

	private static Arbitrary<Crossing> floats() {
		Arbitrary<Float> narrow = Arbitraries.oneOf(Arbitraries.integers().map(Float::intBitsToFloat),
				Arbitraries.of(-0.0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY));
		return Arbitraries.oneOf(same(doubles()), as(narrow, Float::doubleValue),
				same(Combinators.combine(doubles(), doubles()).as(PythonComplex::new)));
	}

	/**
	 * UTF-16 as it comes, so lone surrogates as well, around the lengths where a form of
	 * the wire ends.
	 */
	private static Arbitrary<String> texts() {
		Arbitrary<Character> chars = Arbitraries.oneOf(Arbitraries.chars().range('a', 'z'),
				Arbitraries.chars().range('\0', '\u00ff'), Arbitraries.chars().range('\ud7fe', '\ue001'),
				Arbitraries.chars().all());
		Arbitrary<String> alike = Combinators.combine(chars, Arbitraries.of(0, 1, 254, 255, 256, 1000))
			.as((each, length) -> String.valueOf(each).repeat(length));
		Arbitrary<String> mixed = chars.array(Character[].class).ofMaxSize(12).map((array) -> {
			StringBuilder text = new StringBuilder();
			Arrays.asList(array).forEach(text::append);
			return text.toString();
		});
		return Arbitraries.frequencyOf(Tuple.of(4, mixed), Tuple.of(1, alike),
				Tuple.of(1, Arbitraries.of("\ud83d\ude01", "a\0b", "\ude01\ud83d", "\u4e2d\u6587", "")));
	}

	private static Arbitrary<Crossing> strings() {
		return Arbitraries.frequencyOf(Tuple.of(4, same(texts())),
				Tuple.of(1, as(Arbitraries.chars().all(), String::valueOf)),
				Tuple.of(1, texts().map((text) -> new Crossing(new StringBuilder(text), text))),
				Tuple.of(1, texts().map((text) -> new Crossing(CharBuffer.wrap(text), text))),
				Tuple.of(1, as(Arbitraries.of(TimeUnit.values()), TimeUnit::name)));
	}

	private static Arbitrary<Crossing> decimals() {
		return same(Combinators.combine(bigIntegers(), Arbitraries.integers().between(-400, 400)).as(BigDecimal::new));
	}

	private static Arbitrary<LocalDateTime> dateTimes() {
		Arbitrary<LocalDate> days = Arbitraries.longs()
			.between(LocalDate.of(1, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay())
			.map(LocalDate::ofEpochDay);
		return Combinators.combine(days, clock()).as(LocalDate::atTime);
	}

	private static Arbitrary<LocalTime> clock() {
		return Arbitraries.longs()
			.between(0, LocalTime.MAX.toNanoOfDay() / 1000)
			.map((micros) -> LocalTime.ofNanoOfDay(micros * 1000));
	}

	private static Arbitrary<ZoneOffset> offsets() {
		return Arbitraries.integers().between(-18 * 3600, 18 * 3600).map(ZoneOffset::ofTotalSeconds);
	}

	/** Within the years that the rules of zones are sure of. */
	private static Arbitrary<Instant> instants() {
		return Arbitraries.longs()
			.between(Instant.parse("1971-01-01T00:00:00Z").getEpochSecond() * 1000,
					Instant.parse("2036-01-01T00:00:00Z").getEpochSecond() * 1000)
			.map(Instant::ofEpochMilli);
	}

	private static Arbitrary<Crossing> dates() {
		return Arbitraries.oneOf(same(dateTimes()), same(dateTimes().map(LocalDateTime::toLocalDate)),
				// Shifted to UTC, each must still be in a year that Python has.
				same(Combinators
					.combine(dateTimes().filter((each) -> each.getYear() > 1 && each.getYear() < 9999), offsets())
					.as(LocalDateTime::atOffset)),
				same(Combinators.combine(instants(), Arbitraries.of(ZONES)).as(Instant::atZone)),
				as(instants(), (instant) -> instant.atOffset(ZoneOffset.UTC)),
				as(instants().map(Date::from), (date) -> date.toInstant().atOffset(ZoneOffset.UTC)));
	}

	private static Arbitrary<Crossing> times() {
		Arbitrary<Duration> durations = Combinators
			.combine(Arbitraries.longs().between(-999_999_999L * 86_400, 999_999_999L * 86_400),
					Arbitraries.integers().between(0, 999_999))
			.as((seconds, micros) -> Duration.ofSeconds(seconds, micros * 1000L));
		return Arbitraries.oneOf(same(clock()), same(Combinators.combine(clock(), offsets()).as(LocalTime::atOffset)),
				as(Arbitraries.longs().between(0, LocalTime.MAX.toNanoOfDay()).map(LocalTime::ofNanoOfDay),
						(time) -> time.truncatedTo(ChronoUnit.MICROS)),
				same(durations), same(offsets()), same(Arbitraries.of(ZONES)));
	}

	private static Arbitrary<Crossing> others() {
		Arbitrary<Long> bounds = Arbitraries.longs().between(-3000, 3000);
		Arbitrary<PythonRange> ranges = Combinators.combine(bounds, bounds, bounds.filter((step) -> step != 0))
			.as(PythonRange::of);
		Arbitrary<PythonEnum> members = texts().map((value) -> new PythonEnum(value, "NAME", "some.Type"));
		Arbitrary<Path> paths = Arbitraries.strings()
			.withCharRange('a', 'z')
			.ofMinLength(1)
			.ofMaxLength(5)
			.list()
			.ofMinSize(1)
			.ofMaxSize(3)
			.map((names) -> Path.of(String.join("/", names)));
		return Arbitraries.oneOf(same(Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new)),
				same(paths), same(ranges), as(members, PythonEnum::value));
	}

	private static Arbitrary<byte[]> byteArrays() {
		return Arbitraries.oneOf(Arbitraries.bytes().array(byte[].class).ofMaxSize(20),
				Arbitraries.bytes().map((each) -> {
					byte[] many = new byte[2000];
					Arrays.fill(many, each);
					return many;
				}));
	}

	/** What cannot be a key. */
	private static Arbitrary<Crossing> buffers() {
		Arbitrary<double[]> doubles = doubles().array(double[].class).ofMaxSize(SMALL);
		Arbitrary<int[]> ints = Arbitraries.integers().array(int[].class).ofMaxSize(SMALL);
		Arbitrary<Crossing> shaped = Combinators
			.combine(Arbitraries.of(PythonElementType.values()),
					Arbitraries.integers().between(0, 3).list().ofMinSize(1).ofMaxSize(3), Arbitraries.bytes())
			.as(RandomValues::buffer);
		return Arbitraries.oneOf(same(byteArrays()),
				as(byteArrays().map(ByteBuffer::wrap), (bytes) -> bytes.array().clone()), same(doubles), same(ints),
				same(Arbitraries.longs().array(long[].class).ofMaxSize(SMALL)),
				same(Arbitraries.shorts().array(short[].class).ofMaxSize(SMALL)),
				same(Arbitraries.integers().map(Float::intBitsToFloat).array(float[].class).ofMaxSize(SMALL)),
				as(doubles.map(DoubleBuffer::wrap), (buffer) -> buffer.array().clone()),
				as(ints.map(IntBuffer::wrap), (buffer) -> buffer.array().clone()), shaped);
	}

	/**
	 * One without items has one dimension in Python, and one dimension of bytes is bytes.
	 */
	private static Crossing buffer(PythonElementType type, List<Integer> lengths, byte fill) {
		int[] shape = lengths.stream().mapToInt(Integer::intValue).toArray();
		int size = type.size() * Arrays.stream(shape).reduce(1, (a, b) -> a * b);
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (type == PythonElementType.BOOL) ? (byte) (fill & 1) : fill);
		PythonBuffer sent = PythonBuffer.wrap(type, ByteBuffer.wrap(bytes), shape);
		if (type == PythonElementType.UINT8 && (shape.length == 1 || size == 0)) {
			return new Crossing(sent, bytes);
		}
		return (size != 0) ? Crossing.same(sent)
				: new Crossing(sent, PythonBuffer.wrap(type, ByteBuffer.allocate(0), 0));
	}

	private static List<@Nullable Object> sent(List<Crossing> crossings) {
		List<@Nullable Object> sent = new ArrayList<>();
		crossings.forEach((crossing) -> sent.add(crossing.sent()));
		return sent;
	}

	private static List<@Nullable Object> back(List<Crossing> crossings) {
		List<@Nullable Object> back = new ArrayList<>();
		crossings.forEach((crossing) -> back.add(crossing.back()));
		return back;
	}

	private static PythonTuple tuple(List<@Nullable Object> elements) {
		return PythonTuple.of(elements.toArray());
	}

	private static Iterable<@Nullable Object> iterable(List<@Nullable Object> elements) {
		return elements::iterator;
	}

	private static Crossing map(List<Crossing> keys, List<Crossing> values) {
		Map<@Nullable Object, @Nullable Object> sent = new LinkedHashMap<>();
		Map<@Nullable Object, @Nullable Object> back = new LinkedHashMap<>();
		for (int i = 0; i < keys.size(); i++) {
			sent.put(keys.get(i).sent(), values.get(i).sent());
			back.put(keys.get(i).back(), values.get(i).back());
		}
		return new Crossing(sent, back);
	}

	/** Leaves out what Python might hold for equal to another one, such as 1 and 1.0. */
	private static List<Crossing> distinct(List<Crossing> keys) {
		Set<Object> seen = new HashSet<>();
		return keys.stream().filter((key) -> seen.add(inPython(key.back()))).toList();
	}

	private static Object inPython(@Nullable Object value) {
		if (value instanceof Boolean bool) {
			return inPython(bool ? 1L : 0L);
		}
		if (value instanceof PythonComplex complex) {
			return (complex.imaginary() == 0) ? inPython(complex.real())
					: List.of("complex", inPython(complex.real()), inPython(complex.imaginary()));
		}
		if (value instanceof Double number && !Double.isFinite(number)) {
			return String.valueOf(number);
		}
		if (value instanceof Number number) {
			return new BigDecimal(String.valueOf(exact(number))).stripTrailingZeros();
		}
		if (value instanceof java.time.OffsetDateTime time) {
			return time.toInstant();
		}
		if (value instanceof java.time.ZonedDateTime time) {
			return time.toInstant();
		}
		if (value instanceof java.time.OffsetTime time) {
			return time.toLocalTime().minusSeconds(time.getOffset().getTotalSeconds());
		}
		if (value instanceof PythonRange range) {
			return (range.size() > 1) ? List.of(range.get(0), range.get(1), range.size()) : range.size();
		}
		if (value instanceof List<?> list) {
			return List.of("tuple", list.stream().map(RandomValues::inPython).toList());
		}
		if (value instanceof Set<?> set) {
			return Set.copyOf(set.stream().map(RandomValues::inPython).toList());
		}
		return (value != null) ? value : "None";
	}

	private static Number exact(Number number) {
		return (number instanceof Double real) ? new BigDecimal(real) : number;
	}

}
