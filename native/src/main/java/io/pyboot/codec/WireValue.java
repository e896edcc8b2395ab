package io.pyboot.codec;

import java.io.File;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

import io.pyboot.PythonComplex;
import io.pyboot.PythonEnum;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import org.jspecify.annotations.Nullable;

/**
 * A value made of others, as it stands on the wire: what kind it is, and its fields. The
 * kinds are those of pyboot/_values.py, and a closed set: whatever the bytes are, nothing
 * else comes out of them.
 *
 * @param kind one letter
 * @param fields plain values that the codec knows
 */
record WireValue(byte kind, @Nullable Object[] fields) {

	static WireValue of(char kind, @Nullable Object... fields) {
		return new WireValue((byte) kind, fields);
	}

	/**
	 * What stands for a Java value in Python: a {@code WireValue}, a plain value that the
	 * codec knows, or the value itself if nothing is known about it here.
	 * @throws ConversionFailure if it is out of Python's range
	 */
	static @Nullable Object toPython(Object value) {
		if (value instanceof BigDecimal decimal) {
			return of('N', decimal.toString());
		}
		if (value instanceof UUID uuid) {
			byte[] bytes = new byte[16];
			ByteBuffer.wrap(bytes).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
			return of('U', bytes);
		}
		if (value instanceof Path path) {
			if (path.getFileSystem() != FileSystems.getDefault()) {
				throw new ConversionFailure("a Java '" + value.getClass().getName()
						+ "' cannot become a Python path: it is not a path of the default file system");
			}
			return of('F', path.toString());
		}
		if (value instanceof File file) {
			return of('F', file.getPath());
		}
		if (value instanceof PythonComplex complex) {
			return of('C', complex.real(), complex.imaginary());
		}
		Object time = TimeValue.toPython(value);
		return (time != null) ? time : PlainValue.of(value);
	}

	/**
	 * A range is a collection, which the codec meets before it asks for other values.
	 */
	static WireValue of(PythonRange range) {
		return of('G', range.start(), range.stop(), range.step());
	}

	/**
	 * Whether the fields of the kind are values of the user's.
	 */
	static boolean isContainer(byte kind) {
		return kind == 'E' || kind == 'K';
	}

	/**
	 * The Java value of a kind.
	 * @throws ConversionFailure if there is none of these fields
	 */
	static Object toJava(byte kind, @Nullable Object[] fields) {
		try {
			return switch (kind) {
				case 'D', 'T', 'M', 'P', 'O', 'R' -> TimeValue.toJava((char) kind, new WireFields(fields));
				case 'N' -> new BigDecimal(new WireFields(fields).text());
				case 'U' -> uuid(new WireFields(fields).bytes());
				case 'F' -> Path.of(new WireFields(fields).text());
				case 'C' -> complex(new WireFields(fields));
				case 'G' -> range(new WireFields(fields));
				case 'E' -> member(new WireFields(fields));
				case 'K' -> namedTuple(fields);
				default -> throw WireFields.malformed("unknown kind " + kind);
			};
		}
		catch (DateTimeException | ArithmeticException | IllegalArgumentException ex) {
			throw new ConversionFailure("a Python " + nameOf(kind) + " has no counterpart in Java: " + ex.getMessage());
		}
	}

	private static String nameOf(byte kind) {
		return switch (kind) {
			case 'N' -> "Decimal";
			case 'F' -> "Path";
			case 'G' -> "range";
			case 'P' -> "timedelta";
			case 'O' -> "timezone";
			case 'R' -> "ZoneInfo";
			case 'K' -> "named tuple";
			default -> "date or time";
		};
	}

	private static UUID uuid(byte[] bytes) {
		if (bytes.length != 16) {
			throw WireFields.malformed("a UUID has 16 bytes");
		}
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		return new UUID(buffer.getLong(), buffer.getLong());
	}

	private static PythonComplex complex(WireFields fields) {
		return new PythonComplex(fields.real(), fields.real());
	}

	private static PythonRange range(WireFields fields) {
		return PythonRange.of(fields.integer(), fields.integer(), fields.integer());
	}

	private static PythonEnum member(WireFields fields) {
		return new PythonEnum(fields.any(), fields.textOrNull(), fields.text());
	}

	private static PythonTuple namedTuple(@Nullable Object[] fields) {
		int last = fields.length - 1;
		if (last < 0 || !(fields[last] instanceof String joined)) {
			throw WireFields.malformed("a named tuple without names");
		}
		List<String> names = joined.isEmpty() ? List.of() : Arrays.asList(joined.split(" "));
		return PythonTuple.named(names, Arrays.copyOf(fields, last));
	}

}
