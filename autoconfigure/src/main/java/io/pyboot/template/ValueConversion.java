package io.pyboot.template;

import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.TimeZone;

import org.jspecify.annotations.Nullable;

/**
 * Conversion of dates, times and paths to other classes of the same meaning. A time
 * without a zone never becomes an instant, nor the other way round: whose zone would it
 * be? A {@link Date} is cut to its milliseconds.
 */
final class ValueConversion {

	private ValueConversion() {
	}

	/**
	 * Converts a value.
	 * @param value what the engine gave
	 * @param target the class asked for
	 * @return the same value as that class, or {@code null} if there is none
	 */
	static @Nullable Object convert(Object value, Class<?> target) {
		if (target.isInstance(value)) {
			return value;
		}
		if (value instanceof OffsetDateTime dateTime) {
			return (target == ZonedDateTime.class) ? dateTime.toZonedDateTime()
					: ofInstant(dateTime.toInstant(), target);
		}
		if (value instanceof ZonedDateTime dateTime) {
			return (target == OffsetDateTime.class) ? dateTime.toOffsetDateTime()
					: ofInstant(dateTime.toInstant(), target);
		}
		if (value instanceof LocalDateTime dateTime && target == LocalDate.class) {
			return dateTime.toLocalTime().equals(LocalTime.MIDNIGHT) ? dateTime.toLocalDate() : null;
		}
		if (value instanceof ZoneId zone && target == TimeZone.class) {
			return TimeZone.getTimeZone(zone);
		}
		return (value instanceof Path path && target == File.class) ? path.toFile() : null;
	}

	private static @Nullable Object ofInstant(Instant instant, Class<?> target) {
		if (target == Instant.class) {
			return instant;
		}
		if (target == Date.class) {
			return Date.from(instant);
		}
		// By name: a runtime may be without the module java.sql.
		return target.getName().equals("java.sql.Timestamp") ? java.sql.Timestamp.from(instant) : null;
	}

}
