package io.pyboot.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Random messages of every tag and kind of the wire format as libpyboot writes them, and
 * random damage to them.
 */
public final class WireMessages {

	private static final String TAGS = "NFTblLdasuwBAYQ[({SZX";

	private static final int[] COUNTS = { 0, 1, 2, 255, 256, 65_535, Integer.MAX_VALUE, Integer.MIN_VALUE, -1 };

	private WireMessages() {
	}

	/**
	 * Any message. Its containers may hold equal keys.
	 * @param depth how deep containers may be nested
	 */
	public static Arbitrary<byte[]> any(int depth) {
		if (depth == 0) {
			return Arbitraries.oneOf(plain(), blocks(), values(plain()));
		}
		Arbitrary<byte[]> element = Arbitraries.lazy(() -> any(depth - 1));
		Arbitrary<List<byte[]>> elements = element.list().ofMaxSize(4);
		Arbitrary<byte[]> sequences = Combinators.combine(Arbitraries.of('[', '(', 'S', 'Z'), elements)
			.as((tag, each) -> join(head(tag, each.size()), join(each)));
		Arbitrary<byte[]> dicts = elements.filter((each) -> each.size() % 2 == 0)
			.map((each) -> join(head('{', each.size() / 2), join(each)));
		return Arbitraries.frequencyOf(Tuple.of(2, any(0)), Tuple.of(3, sequences), Tuple.of(1, dicts),
				Tuple.of(1, values(element)));
	}

	private static Arbitrary<byte[]> plain() {
		Arbitrary<byte[]> ints = Arbitraries.bytes().map((value) -> new byte[] { 'b', value });
		Arbitrary<byte[]> kept = Arbitraries.of("J\1\0\0\0\0\0\0\0", "H\1\0\1\0\0\0\0\0\1\0\0\0\0\0\0\0")
			.map(WireMessages::latin1);
		Arbitrary<byte[]> words = Combinators.combine(Arbitraries.of('l', 'd'), bytes(8, 8))
			.as((tag, value) -> join(new byte[] { (byte) tag.charValue() }, value));
		Arbitrary<byte[]> texts = bytes(0, 30)
			.map((value) -> join(new byte[] { 'a', (byte) value.length }, ascii(value)));
		return Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.of("N", "F", "T").map(WireMessages::latin1)),
				Tuple.of(3, ints), Tuple.of(3, words), Tuple.of(3, texts), Tuple.of(1, kept));
	}

	private static Arbitrary<byte[]> blocks() {
		Arbitrary<byte[]> any = Combinators.combine(Arbitraries.of('s', 'B', 'L', 'w'), bytes(0, 30))
			.as((tag, value) -> join(head(tag, value.length), value));
		Arbitrary<byte[]> texts = Arbitraries.strings().ofMaxLength(10).map((text) -> {
			byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
			return join(head('u', utf8.length), utf8);
		});
		Arbitrary<byte[]> arrays = Combinators
			.combine(Arbitraries.chars().with("bBhHiIlLqQfd"), Arbitraries.integers().between(0, 3), bytes(24, 24))
			.as((code, items, value) -> join(latin1("A" + code), count(8 * items), Arrays.copyOf(value, 8 * items)));
		Arbitrary<byte[]> buffers = Combinators
			.combine(Arbitraries.chars().with("bB?"), Arbitraries.integers().between(0, 3).list().ofMaxSize(3))
			.as((code, shape) -> {
				ByteBuffer message = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
				message.put((byte) 'Y').put((byte) code.charValue()).put((byte) shape.size());
				shape.forEach((length) -> message.putLong(length));
				int items = shape.stream().reduce(1, (a, b) -> a * b);
				message.putInt(items).position(message.position() + items);
				return Arrays.copyOf(message.array(), message.position());
			});
		return Arbitraries.oneOf(any, texts, arrays, buffers);
	}

	/** The kinds of the tag X, with fields as they should be. */
	private static Arbitrary<byte[]> values(Arbitrary<byte[]> element) {
		Arbitrary<byte[]> numbers = Combinators
			.combine(Arbitraries.of("D3", "T4N", "T5", "M7", "M8", "P3", "O1", "G3"),
					Arbitraries.integers().between(1, 12))
			.as((kind, number) -> {
				byte[] fields = latin1(
						("b" + (char) number.intValue()).repeat(kind.charAt(1) - '0') + kind.substring(2));
				int all = kind.charAt(1) - '0' + kind.length() - 2;
				return join(latin1("X" + kind.charAt(0)), count(all), fields);
			});
		Arbitrary<byte[]> texts = Arbitraries
			.of("Na\0041.50", "Na\0061E+400", "Ra\15Europe/Berlin", "Fa\3a/b", "UB\20\0\0\0" + "0123456789abcdef")
			.map((text) -> join(latin1("X" + text.charAt(0)), count(1), latin1(text.substring(1))));
		Arbitrary<byte[]> complex = bytes(16, 16).map((value) -> join(latin1("XC"), count(2), latin1("d"),
				Arrays.copyOf(value, 8), latin1("d"), Arrays.copyOfRange(value, 8, 16)));
		Arbitrary<byte[]> members = element
			.map((value) -> join(latin1("XE"), count(3), value, latin1("a\1A"), latin1("a\3m.E")));
		Arbitrary<byte[]> named = element.map((value) -> join(latin1("XK"), count(3), value, value, latin1("a\3x y")));
		Arbitrary<byte[]> zoned = Arbitraries.bytes()
			.map((second) -> join(latin1("XM"), count(9), latin1("l\352\7\0\0\0\0\0\0" + "b\1b\1b\2b\3b"),
					new byte[] { second }, latin1("b\0l\20\16\0\0\0\0\0\0" + "a\15Europe/Berlin")));
		return Arbitraries.oneOf(numbers, texts, complex, members, named, zoned);
	}

	/**
	 * How an exception travels: after the kind of the answer.
	 */
	static Arbitrary<byte[]> exceptions() {
		Arbitrary<byte[]> simple = Arbitraries.of("N", "b\3", "a\1x")
			.map((code) -> join(head('(', 9), latin1("a\1Ea\1ma\1t"), head('[', 1), latin1("a\4note"), head('[', 1),
					head('(', 4), latin1("a\1ma\1fa\4f.pyb\7"), latin1("N"), head('[', 0), latin1(code), latin1("N")));
		Arbitrary<byte[]> chained = Combinators.combine(simple, simple)
			.as((cause, member) -> join(head('(', 9), latin1("a\1Ea\1ma\1t"), head('[', 0), head('[', 0), cause,
					head('[', 1), member, latin1("NN")));
		return Arbitraries.oneOf(simple, chained);
	}

	/**
	 * Changes to a message: cut, bits, tags, counts, anything.
	 */
	static Arbitrary<byte[]> damaged(Arbitrary<byte[]> messages) {
		Arbitrary<int[]> damages = Arbitraries.integers().array(int[].class).ofMinSize(3).ofMaxSize(12);
		return Combinators.combine(messages, damages).as((message, damage) -> {
			byte[] damaged = message;
			for (int i = 0; i + 2 < damage.length; i += 3) {
				damaged = damage(damaged, damage[i], damage[i + 1], damage[i + 2]);
			}
			return damaged;
		});
	}

	private static byte[] damage(byte[] message, int how, int where, int value) {
		if (message.length == 0) {
			return message;
		}
		byte[] damaged = message.clone();
		int at = Math.floorMod(where, message.length);
		switch (Math.floorMod(how, 6)) {
			case 0 -> damaged = Arrays.copyOf(message, at);
			case 1 -> damaged[at] ^= (byte) (1 << (value & 7));
			case 2 -> damaged[at] = (byte) TAGS.charAt(Math.floorMod(value, TAGS.length()));
			case 3 -> damaged[at] = (byte) value;
			case 4 -> {
				if (at + 4 <= message.length) {
					ByteBuffer.wrap(damaged)
						.order(ByteOrder.LITTLE_ENDIAN)
						.putInt(at, COUNTS[Math.floorMod(value, COUNTS.length)]);
				}
			}
			default -> damaged = join(Arrays.copyOf(message, at), message);
		}
		return damaged;
	}

	private static Arbitrary<byte[]> bytes(int min, int max) {
		return Arbitraries.bytes().array(byte[].class).ofMinSize(min).ofMaxSize(max);
	}

	private static byte[] ascii(byte[] bytes) {
		byte[] ascii = bytes.clone();
		for (int i = 0; i < ascii.length; i++) {
			ascii[i] &= 0x7f;
		}
		return ascii;
	}

	static byte[] latin1(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	static byte[] count(int count) {
		return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(count).array();
	}

	static byte[] head(char tag, int count) {
		return join(new byte[] { (byte) tag }, count(count));
	}

	private static byte[] join(List<byte[]> parts) {
		return join(parts.toArray(byte[][]::new));
	}

	static byte[] join(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

}
