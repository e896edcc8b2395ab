package io.pyboot.template;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonElementType;
import io.pyboot.PythonEnum;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.convert.ConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ResultConverter}.
 */
class ResultConverterTests {

	private final ConversionService strings = new ApplicationConversionService();

	private final ResultConverter converter = new ResultConverter(this.strings,
			new JacksonStructureMapping(new JsonMapper()));

	@Test
	void noneIsNull() {
		assertThat(this.converter.convert(null, String.class)).isNull();
		assertThat(this.converter.convert(null, Object.class)).isNull();
		assertThat(this.converter.convert(null, Integer.class)).isNull();
	}

	@Test
	void arrayOfNumbersIsAsGoodAsAList() {
		assertThat(this.converter.convert(new double[] { 1, 2.5 }, new ParameterizedTypeReference<List<Double>>() {
		})).containsExactly(1.0, 2.5);
		assertThat(this.converter.convert(new long[] { 1, 2 }, int[].class)).containsExactly(1, 2);
		refused(new long[] { 1L << 40 }, int[].class, "result[0]");
	}

	private static PythonBuffer buffer(PythonElementType type, int[] shape, int... bytes) {
		ByteBuffer data = ByteBuffer.allocate(bytes.length);
		for (int value : bytes) {
			data.put((byte) value);
		}
		return PythonBuffer.wrap(type, data.flip(), shape);
	}

	@Test
	void bufferBecomesArraysListsAndBytes() {
		PythonBuffer buffer = buffer(PythonElementType.INT16, new int[] { 2, 2 }, 1, 0, 2, 0, 3, 0, 4, 0);
		assertThat(this.converter.convert(buffer, PythonBuffer.class)).isSameAs(buffer);
		assertThat(this.converter.convert(buffer, short[][].class)).isDeepEqualTo(new short[][] { { 1, 2 }, { 3, 4 } });
		assertThat(this.converter.convert(buffer, double[][].class))
			.isDeepEqualTo(new double[][] { { 1, 2 }, { 3, 4 } });
		assertThat(this.converter.convert(buffer, long[][].class)).isDeepEqualTo(new long[][] { { 1, 2 }, { 3, 4 } });
		assertThat(this.converter.convert(buffer, new ParameterizedTypeReference<List<List<Integer>>>() {
		})).isEqualTo(List.of(List.of(1, 2), List.of(3, 4)));
		assertThat(this.converter.convert(buffer, ByteBuffer.class)).isEqualTo(buffer.asByteBuffer());
		PythonBuffer bytes = buffer(PythonElementType.UINT8, new int[] { 2 }, 1, 200);
		assertThat(this.converter.convert(bytes, byte[].class)).containsExactly(1, 200);
		assertThat(this.converter.convert(bytes, int[].class)).containsExactly(1, 200);
		PythonBuffer flags = buffer(PythonElementType.BOOL, new int[] { 2 }, 1, 0);
		assertThat(this.converter.convert(flags, boolean[].class)).containsExactly(true, false);
	}

	@Test
	void bufferWithoutDimensionsIsItsNumber() {
		PythonBuffer single = buffer(PythonElementType.UINT8, new int[0], 200);
		assertThat(this.converter.convert(single, int.class)).isEqualTo(200);
		assertThat(this.converter.convert(single, Double.class)).isEqualTo(200.0);
		refused(single, byte.class, "200 does not fit exactly");
	}

	@Test
	void numberOfABufferThatDoesNotFitIsRefused() {
		refused(buffer(PythonElementType.UINT16, new int[] { 1, 2 }, 1, 0, 255, 255), short[][].class,
				"Python's int at result[0][1] cannot become java.lang.Short: 65535 does not fit exactly");
		refused(buffer(PythonElementType.UINT64, new int[] { 1 }, 255, 255, 255, 255, 255, 255, 255, 255), long[].class,
				"18446744073709551615 does not fit exactly");
		refused(buffer(PythonElementType.FLOAT32, new int[] { 1 }, 0, 0, 0, 0), int[].class,
				"a float is not an integer");
		refused(buffer(PythonElementType.INT8, new int[] { 1 }, 1), int[][].class, "result[0]");
		refused(buffer(PythonElementType.INT8, new int[] { 1 }, 1), String.class,
				"Python's buffer at result cannot become java.lang.String");
	}

	@Test
	void datetimeWithAZoneBecomesAnInstant() {
		OffsetDateTime moment = OffsetDateTime.of(2026, 1, 31, 10, 0, 0, 123_456_000, ZoneOffset.ofHours(5));
		assertThat(this.converter.convert(moment, Instant.class)).isEqualTo(moment.toInstant());
		assertThat(this.converter.convert(moment, ZonedDateTime.class)).isEqualTo(moment.toZonedDateTime());
		assertThat(this.converter.convert(moment, Date.class)).isEqualTo("2026-01-31T05:00:00.123Z");
		assertThat(this.converter.convert(moment, java.sql.Timestamp.class))
			.isEqualTo(java.sql.Timestamp.from(moment.toInstant()));
		ZonedDateTime zoned = moment.atZoneSameInstant(ZoneId.of("Europe/Berlin"));
		assertThat(this.converter.convert(zoned, Instant.class)).isEqualTo(moment.toInstant());
		assertThat(this.converter.convert(zoned, OffsetDateTime.class)).isEqualTo(zoned.toOffsetDateTime());
		refused(moment, LocalDateTime.class, "Python's datetime at result cannot become java.time.LocalDateTime");
	}

	@Test
	void datetimeWithoutAZoneBecomesNoInstant() {
		LocalDateTime local = LocalDateTime.of(2026, 1, 31, 10, 0);
		refused(local, Instant.class, "Python's datetime at result cannot become java.time.Instant");
		refused(local, Date.class, "Python's datetime");
		refused(local, LocalDate.class, "Python's datetime");
		assertThat(this.converter.convert(local.toLocalDate().atStartOfDay(), LocalDate.class)).isEqualTo("2026-01-31");
	}

	@Test
	void memberOfAnEnumBecomesTheConstantOfItsName() {
		PythonEnum member = new PythonEnum(5L, "DAYS", "m.Unit");
		assertThat(this.converter.convert(member, TimeUnit.class)).isEqualTo(TimeUnit.DAYS);
		assertThat(this.converter.convert(member, Integer.class)).isEqualTo(5);
		assertThat(this.converter.convert(member, Object.class)).isSameAs(member);
		assertThat(this.converter.convert(List.of(member), new ParameterizedTypeReference<List<TimeUnit>>() {
		})).containsExactly(TimeUnit.DAYS);
		refused(new PythonEnum(5L, "YEARS", "m.Unit"), TimeUnit.class, "YEARS");
		refused(member, String.class, "Python's int");
	}

	@Test
	void flagsBecomeTheirConstants() {
		ParameterizedTypeReference<Set<TimeUnit>> units = new ParameterizedTypeReference<>() {
		};
		assertThat(this.converter.convert(new PythonEnum(3L, "DAYS|HOURS", "m.Unit"), units))
			.containsExactlyInAnyOrder(TimeUnit.DAYS, TimeUnit.HOURS);
		assertThat(this.converter.convert(new PythonEnum(0L, null, "m.Unit"), units)).isEmpty();
		refused(new PythonEnum(3L, "DAYS|HOURS", "m.Unit"), TimeUnit.class, "DAYS|HOURS");
	}

	@Test
	void namedTupleBecomesARecordByItsNames() {
		PythonTuple tuple = PythonTuple.named(List.of("count", "name"), 3L, "x");
		assertThat(this.converter.convert(tuple, Named.class)).isEqualTo(new Named("x", 3));
		assertThat(this.converter.convert(List.of(tuple), new ParameterizedTypeReference<List<Named>>() {
		})).containsExactly(new Named("x", 3));
		assertThat((Object) this.converter.convert(tuple, List.class)).isSameAs(tuple);
		refused(PythonTuple.of(3L, "x"), Named.class, "Python's list at result cannot become");
	}

	@Test
	void decimalBecomesANumberThatHoldsItExactly() {
		assertThat(this.converter.convert(new BigDecimal("0.5"), Double.class)).isEqualTo(0.5);
		refused(new BigDecimal("0.1"), Double.class, "0.1 does not fit exactly");
		refused(new BigDecimal("3"), Integer.class, "a Decimal is not an integer");
	}

	@Test
	void rangeBecomesAnyListOfNumbers() {
		assertThat(this.converter.convert(PythonRange.of(0, 3, 1), int[].class)).containsExactly(0, 1, 2);
		assertThat(this.converter.convert(PythonRange.of(0, 3, 1), new ParameterizedTypeReference<List<Integer>>() {
		})).containsExactly(0, 1, 2);
	}

	@Test
	void valuesWithinContainersAreConverted() {
		assertThat(this.converter.convert(Map.of("a", 1.5), new ParameterizedTypeReference<Map<String, BigDecimal>>() {
		})).isEqualTo(Map.of("a", new BigDecimal("1.5")));
		assertThat(this.converter.convert(List.of(OffsetDateTime.MIN.withYear(1970)),
				new ParameterizedTypeReference<List<Instant>>() {
				}))
			.containsExactly(OffsetDateTime.MIN.withYear(1970).toInstant());
		assertThat(this.converter.convert(Path.of("a"), File.class)).isEqualTo(new File("a"));
		assertThat(this.converter.convert(ZoneId.of("Europe/Berlin"), TimeZone.class))
			.isEqualTo(TimeZone.getTimeZone("Europe/Berlin"));
		refused(Path.of("a"), String.class, "Python's Path at result cannot become java.lang.String");
	}

	@Test
	void noneIsRefusedForPrimitiveType() {
		refused(null, int.class, "Python's None at result cannot become int");
	}

	@Test
	void noneIsAnEmptyOptional() {
		assertThat(this.converter.convert(null, new ParameterizedTypeReference<Optional<String>>() {
		})).isEmpty();
	}

	@Test
	void valueOfTheTypeIsTakenAsItIs() {
		List<Object> list = List.of(1L, "a");
		assertThat((Object) this.converter.convert(list, List.class)).isSameAs(list);
		assertThat(this.converter.convert(list, Object.class)).isSameAs(list);
		assertThat(this.converter.convert(5L, Number.class)).isEqualTo(5L);
		byte[] bytes = { 1, 2 };
		assertThat(this.converter.convert(bytes, byte[].class)).isSameAs(bytes);
	}

	@Test
	void intBecomesSmallerTypeThatHoldsIt() {
		assertThat(this.converter.convert(7L, int.class)).isEqualTo(7);
		assertThat(this.converter.convert(7L, Short.class)).isEqualTo((short) 7);
		assertThat(this.converter.convert(-128L, Byte.class)).isEqualTo((byte) -128);
		assertThat(this.converter.convert(7L, BigInteger.class)).isEqualTo(7);
		assertThat(this.converter.convert(7L, BigDecimal.class)).isEqualTo("7");
	}

	@Test
	void intThatDoesNotFitIsRefusedNotWrapped() {
		refused(1L << 40, Integer.class,
				"Python's int at result cannot become java.lang.Integer: 1099511627776 does not fit exactly");
		refused(40_000L, short.class, "40000 does not fit exactly");
		refused(128L, Byte.class, "128 does not fit exactly");
		refused(BigInteger.TWO.pow(63), Long.class, "9223372036854775808 does not fit exactly");
	}

	@Test
	void floatIsNoInteger() {
		refused(2.0, Integer.class, "Python's float at result cannot become java.lang.Integer: a float is not");
		refused(2.5, long.class, "a float is not an integer");
		refused(2.0, BigInteger.class, "a float is not an integer");
	}

	@Test
	void intBecomesFloatOnlyIfExact() {
		assertThat(this.converter.convert(1L << 53, Double.class)).isEqualTo(9007199254740992.0);
		refused((1L << 53) + 1, Double.class, "9007199254740993 does not fit exactly");
		assertThat(this.converter.convert(1L << 24, float.class)).isEqualTo(16777216f);
		refused((1L << 24) + 1, float.class, "16777217 does not fit exactly");
		refused(BigInteger.TEN.pow(400), Double.class, "does not fit exactly");
	}

	@Test
	void doubleBecomesFloatOnlyIfExact() {
		assertThat(this.converter.convert(0.5, Float.class)).isEqualTo(0.5f);
		assertThat(this.converter.convert(Double.NaN, Float.class)).isNaN();
		refused(0.1, Float.class, "0.1 does not fit exactly");
	}

	@Test
	void boolIsNoNumberAndNumberNoBool() {
		refused(true, Integer.class, "Python's bool at result cannot become java.lang.Integer");
		refused(1L, boolean.class, "Python's int at result cannot become java.lang.Boolean");
		refused("true", Boolean.class, "Python's str at result cannot become java.lang.Boolean");
		assertThat(this.converter.convert(true, boolean.class)).isTrue();
	}

	@Test
	void stringIsNoNumberAndNumberNoString() {
		refused("42", Integer.class, "Python's str at result cannot become java.lang.Integer");
		refused("42", BigDecimal.class, "Python's str at result cannot become java.math.BigDecimal");
		refused(42L, String.class, "Python's int at result cannot become java.lang.String");
		refused(new byte[] { 65 }, String.class, "Python's bytes at result cannot become java.lang.String");
	}

	@Test
	void stringOfOneCharacterBecomesChar() {
		assertThat(this.converter.convert("x", char.class)).isEqualTo('x');
		refused("xy", Character.class, "it is not one character");
		refused("", char.class, "it is not one character");
		refused("\uD83D\uDC0D", char.class, "it is not one character");
	}

	@Test
	void stringBecomesWhatTheConversionServiceMakesOfIt() {
		assertThat(this.converter.convert("SECONDS", TimeUnit.class)).isEqualTo(TimeUnit.SECONDS);
		assertThat(this.converter.convert("2012-01-31", LocalDate.class)).isEqualTo("2012-01-31");
		UUID uuid = UUID.randomUUID();
		assertThat(this.converter.convert(uuid.toString(), UUID.class)).isEqualTo(uuid);
	}

	@Test
	void stringThatCannotBeParsedIsRefused() {
		refused("FORTNIGHTS", TimeUnit.class, "Python's str at result cannot become java.util.concurrent.TimeUnit");
		refused("", TimeUnit.class, "the text stands for nothing");
		refused("x", Runnable.class, "Python's str at result cannot become java.lang.Runnable");
	}

	@ParameterizedTest
	@ValueSource(classes = { String[].class, List.class, Map.class, int[].class })
	void stringIsNoContainer(Class<?> type) {
		refused("a,b", type, "Python's str at result cannot become");
	}

	@Test
	void listIsConvertedElementByElement() {
		assertThat(this.converter.convert(List.of(1L, 2L), new ParameterizedTypeReference<List<Integer>>() {
		})).containsExactly(1, 2);
		assertThat(this.converter.convert(List.of(1L, 2L), int[].class)).containsExactly(1, 2);
		assertThat(this.converter.convert(List.of(1L, 2L), byte[].class)).containsExactly(1, 2);
		assertThat(this.converter.convert(List.of("SECONDS"), TimeUnit[].class)).containsExactly(TimeUnit.SECONDS);
		assertThat(this.converter.convert(List.of(1L), new ParameterizedTypeReference<Iterable<Short>>() {
		})).containsExactly((short) 1);
		assertThat(this.converter.convert(Set.of(1L), new ParameterizedTypeReference<Collection<Integer>>() {
		})).isInstanceOf(Set.class);
	}

	@Test
	void elementThatDoesNotFitIsNamedByItsPath() {
		Map<String, Object> value = Map.of("x", List.of(1L, Map.of(5L, 1L << 40)));
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.converter.convert(Map.of("x", List.of(Map.of(), Map.of(5L, 1L << 40))),
					new ParameterizedTypeReference<Map<String, List<Map<Integer, Integer>>>>() {
					}))
			.withMessageStartingWith("Python's int at result['x'][1][5] cannot become java.lang.Integer");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.converter.convert(value, new ParameterizedTypeReference<Map<Integer, Object>>() {
			}))
			.withMessageStartingWith("Python's str at key 'x' of result cannot become java.lang.Integer");
	}

	@Test
	void noneInListIsRefusedForPrimitiveElement() {
		List<Object> withNone = Arrays.asList(1L, null);
		assertThat(this.converter.convert(withNone, Integer[].class)).containsExactly(1, null);
		refused(withNone, int[].class, "Python's None at result[1] cannot become int");
	}

	@Test
	void listWithDuplicateIsNoSet() {
		assertThat(this.converter.convert(List.of(1L, 2L), new ParameterizedTypeReference<Set<Integer>>() {
		})).containsExactly(1, 2);
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.converter.convert(List.of(1L, 1L), new ParameterizedTypeReference<Set<Integer>>() {
			}))
			.withMessageContaining("the element at index 1 is a duplicate");
	}

	@Test
	void keysThatBecomeEqualAreRefused() {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.converter
			.convert(Map.of(1L, "a", BigInteger.ONE, "b"), new ParameterizedTypeReference<Map<Integer, String>>() {
			})).withMessageContaining("two keys become 1");
	}

	@Test
	void mapTypeAskedForIsMade() {
		assertThat(this.converter.convert(Map.of("b", 1L, "a", 2L),
				new ParameterizedTypeReference<SortedMap<String, Integer>>() {
				}))
			.containsExactly(Map.entry("a", 2), Map.entry("b", 1));
	}

	@Test
	void optionalHoldsConvertedValue() {
		assertThat(this.converter.convert(5L, new ParameterizedTypeReference<Optional<Integer>>() {
		})).contains(5);
		assertThat(this.converter.convert(List.of(5L), new ParameterizedTypeReference<List<Optional<Integer>>>() {
		})).containsExactly(Optional.of(5));
	}

	@Test
	void dictsBecomeRecords() {
		Map<String, Object> dict = Map.of("name", "x", "count", 3L);
		assertThat(this.converter.convert(dict, Item.class)).isEqualTo(new Item("x", 3));
		assertThat(this.converter.convert(List.of(dict), new ParameterizedTypeReference<List<Item>>() {
		})).containsExactly(new Item("x", 3));
		assertThat(this.converter.convertEach(List.of(dict), Item.class)).containsExactly(new Item("x", 3));
	}

	@Test
	void dictsBecomeGenericRecords() {
		assertThat(this.converter.convert(Map.of("p", Map.of("items", List.of(Map.of("name", "x", "count", 3L)))),
				new ParameterizedTypeReference<Map<String, Page<Item>>>() {
				}))
			.isEqualTo(Map.of("p", new Page<>(List.of(new Item("x", 3)))));
	}

	@Test
	void pathOfRecordLeadsToTheValueWithinIt() {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.converter
			.convert(List.of(Map.of("name", "x", "count", 1L << 40)), new ParameterizedTypeReference<List<Item>>() {
			})).withMessageStartingWith("Python's dict at result[0]['count'] cannot become");
	}

	@Test
	void recordsNeedJackson() {
		ResultConverter withoutJackson = new ResultConverter(this.strings, null);
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> withoutJackson.convert(Map.of(), Item.class))
			.withMessageContaining("records and beans need Jackson 3");
	}

	@Test
	void dictIsNoListAndListNoDict() {
		refused(Map.of(), List.class, "Python's dict at result cannot become java.util.List");
		refused(List.of(), Map.class, "Python's list at result cannot become java.util.Map");
		refused(List.of(), Item.class, "Python's list at result cannot become");
	}

	private void refused(Object value, Class<?> type, String message) {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.converter.convert(value, type))
			.withMessageContaining(message);
	}

	record Item(String name, int count) {

	}

	record Page<T>(List<T> items) {

	}

	record Named(String name, int count) {

	}

}
