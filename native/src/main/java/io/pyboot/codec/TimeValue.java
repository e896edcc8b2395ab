package io.pyboot.codec;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.TimeZone;

import org.jspecify.annotations.Nullable;

/**
 * Dates, times, durations and time zones. None of them goes by the default time zone of
 * the JVM.
 * <p>
 * Python's resolution is a microsecond. A point in time is cut to it, towards the past:
 * the nanoseconds of a clock are noise, and {@code Instant.now()} must be able to cross.
 * A duration is refused instead, as it could become nothing.
 */
final class TimeValue {

	private static final long SECONDS_A_DAY = 86_400;

	/** Of a timedelta, both ways. */
	private static final long MAX_DAYS = 999_999_999;

	private TimeValue() {
	}

	/**
	 * What stands for the value in Python, or {@code null} if it is none of these.
	 */
	static @Nullable WireValue toPython(Object value) {
		if (value instanceof java.time.temporal.TemporalAccessor || value instanceof java.time.temporal.TemporalAmount
				|| value instanceof ZoneId) {
			return ofJavaTime(value);
		}
		if (value instanceof Date date) {
			return instant(instantOf(date), value);
		}
		if (value instanceof Calendar calendar) {
			return zoned(ZonedDateTime.ofInstant(calendar.toInstant(), calendar.getTimeZone().toZoneId()), value);
		}
		return (value instanceof TimeZone zone) ? zone(zone.toZoneId()) : null;
	}

	private static @Nullable WireValue ofJavaTime(Object value) {
		if (value instanceof LocalDate date) {
			checkYear(date.getYear(), value);
			return WireValue.of('D', date.getYear(), date.getMonthValue(), date.getDayOfMonth());
		}
		if (value instanceof Instant instant) {
			return instant(instant, value);
		}
		if (value instanceof LocalDateTime dateTime) {
			return dateTime(dateTime, value);
		}
		if (value instanceof OffsetDateTime dateTime) {
			return dateTime(dateTime.toLocalDateTime(), value, dateTime.getOffset().getTotalSeconds());
		}
		if (value instanceof ZonedDateTime dateTime) {
			return zoned(dateTime, value);
		}
		if (value instanceof LocalTime time) {
			return time(time, null);
		}
		if (value instanceof OffsetTime time) {
			return time(time.toLocalTime(), time.getOffset().getTotalSeconds());
		}
		if (value instanceof Duration duration) {
			return duration(duration);
		}
		if (value instanceof Period) {
			throw new ConversionFailure("a Java 'java.time.Period' has no counterpart in Python: its months and years"
					+ " have no fixed length; pass a Duration, or its text");
		}
		return (value instanceof ZoneId zone) ? zone(zone) : null;
	}

	private static void checkYear(int year, Object value) {
		if (year < 1 || year > 9999) {
			throw new ConversionFailure("a Java '" + value.getClass().getName() + "' of the year " + year
					+ " has no counterpart in Python, whose years are 1 to 9999");
		}
	}

	/** Those of java.sql that have no time, or no date, refuse {@code toInstant}. */
	private static Instant instantOf(Date date) {
		try {
			return date.toInstant();
		}
		catch (UnsupportedOperationException ex) {
			return Instant.ofEpochMilli(date.getTime());
		}
	}

	private static WireValue instant(Instant instant, Object value) {
		long second = instant.getEpochSecond();
		if (second < LocalDateTime.MIN.toEpochSecond(ZoneOffset.UTC)
				|| second > LocalDateTime.MAX.toEpochSecond(ZoneOffset.UTC)) {
			checkYear((second < 0) ? Year.MIN_VALUE : Year.MAX_VALUE, value);
		}
		return dateTime(LocalDateTime.ofEpochSecond(second, instant.getNano(), ZoneOffset.UTC), value, 0);
	}

	private static WireValue zoned(ZonedDateTime dateTime, Object value) {
		String region = region(dateTime.getZone());
		int offset = dateTime.getOffset().getTotalSeconds();
		LocalDateTime local = dateTime.toLocalDateTime();
		return (region != null) ? dateTime(local, value, offset, region) : dateTime(local, value, offset);
	}

	/**
	 * The name of a region, which Python knows as well; {@code null} for an offset,
	 * however it is written: {@code UTC+2} is no name that Python knows.
	 */
	private static @Nullable String region(ZoneId zone) {
		String id = zone.getId();
		boolean named = !(zone instanceof ZoneOffset) && !id.startsWith("UTC+") && !id.startsWith("UTC-")
				&& !id.startsWith("GMT+") && !id.startsWith("GMT-") && !id.startsWith("UT+") && !id.startsWith("UT-");
		return named ? id : null;
	}

	private static WireValue dateTime(LocalDateTime dateTime, Object value, Object... zone) {
		checkYear(dateTime.getYear(), value);
		Object[] fields = Arrays.copyOf(
				new Object[] { dateTime.getYear(), dateTime.getMonthValue(), dateTime.getDayOfMonth(),
						dateTime.getHour(), dateTime.getMinute(), dateTime.getSecond(), dateTime.getNano() },
				7 + zone.length);
		System.arraycopy(zone, 0, fields, 7, zone.length);
		return WireValue.of('M', fields);
	}

	private static WireValue time(LocalTime time, @Nullable Integer offset) {
		return WireValue.of('T', time.getHour(), time.getMinute(), time.getSecond(), time.getNano(), offset);
	}

	private static WireValue duration(Duration duration) {
		if (duration.getNano() % 1000 != 0) {
			throw new ConversionFailure("a Java 'java.time.Duration' of " + duration
					+ " has no counterpart in Python, which has no nanoseconds; use truncatedTo(ChronoUnit.MICROS)");
		}
		long days = Math.floorDiv(duration.getSeconds(), SECONDS_A_DAY);
		if (Math.abs(days) > MAX_DAYS) {
			throw new ConversionFailure(
					"a Java 'java.time.Duration' of " + days + " days is longer than a Python timedelta can be");
		}
		return WireValue.of('P', days, Math.floorMod(duration.getSeconds(), SECONDS_A_DAY), duration.getNano() / 1000);
	}

	private static WireValue zone(ZoneId zone) {
		String region = region(zone);
		if (region != null) {
			return WireValue.of('R', region);
		}
		return WireValue.of('O', ((ZoneOffset) zone.normalized()).getTotalSeconds());
	}

	/**
	 * The value of one of the kinds D, T, M, P, O and R.
	 * @throws java.time.DateTimeException if there is none in Java
	 */
	static Object toJava(char kind, WireFields fields) {
		return switch (kind) {
			case 'D' -> LocalDate.of(fields.small(), fields.small(), fields.small());
			case 'T' -> toTime(fields);
			case 'M' -> toDateTime(fields);
			case 'P' ->
				Duration.ofDays(fields.integer()).plusSeconds(fields.integer()).plusNanos(1000L * fields.small());
			case 'O' -> ZoneOffset.ofTotalSeconds(fields.small());
			default -> ZoneId.of(fields.text());
		};
	}

	private static Object toTime(WireFields fields) {
		LocalTime time = LocalTime.of(fields.small(), fields.small(), fields.small(), fields.small());
		Integer offset = fields.smallOrNull();
		return (offset != null) ? time.atOffset(ZoneOffset.ofTotalSeconds(offset)) : time;
	}

	private static Object toDateTime(WireFields fields) {
		LocalDateTime dateTime = LocalDateTime.of(fields.small(), fields.small(), fields.small(), fields.small(),
				fields.small(), fields.small(), fields.small());
		if (fields.left() == 0) {
			return dateTime;
		}
		ZoneOffset offset = ZoneOffset.ofTotalSeconds(fields.small());
		if (fields.left() == 0) {
			return dateTime.atOffset(offset);
		}
		return ZonedDateTime.ofInstant(dateTime, offset, ZoneId.of(fields.text()));
	}

}
