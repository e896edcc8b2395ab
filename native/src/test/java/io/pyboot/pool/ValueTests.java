package io.pyboot.pool;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.pyboot.PythonConversionException;
import io.pyboot.PythonTuple;
import io.pyboot.codec.CodecLimits;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Values cross without loss, both ways, on every way into a context; what cannot cross is
 * named.
 */
class ValueTests extends PoolTestBase {

	private static final List<Object> ECHOED = echoed();

	@BeforeAll
	void defineEcho() {
		this.pool.broadcast(PythonRequest.exec("""
				def echo(x): return x
				def type_name(x): return type(x).__name__
				def length(x): return len(x)
				""", Map.of()), Engine.NONE);
	}

	private static List<Object> echoed() {
		List<Object> values = new ArrayList<>(Arrays.asList(0L, 1L, -1L, 127L, 128L, -128L, -129L, Long.MAX_VALUE,
				Long.MIN_VALUE, 10_000_000_000L, 2147483648L, -2147483649L, true, false, null, 0.0, -0.0, 1.5,
				Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE, "",
				"a", "a\0b", "\0", "caf\u00e9", "\u00ff", "\u4e2d\u6587", "\uD83D\uDE01", "x\uD83D\uDE01y", "\uD83D",
				"\uDE01\uD83D", "x".repeat(255), "x".repeat(256), "\u00e9".repeat(100_000), "\u4e2d".repeat(70_000)));
		BigInteger two = BigInteger.TWO;
		for (int power : new int[] { 63, 64, 65, 127, 128, 400, 4000 }) {
			values.add(two.pow(power));
			values.add(two.pow(power).negate().subtract(BigInteger.ONE));
			values.add(two.pow(power).subtract(BigInteger.ONE).negate().subtract(BigInteger.TWO));
		}
		values.add(BigInteger.TEN.pow(400));
		values.add(List.of());
		values.add(Map.of());
		values.add(Set.of());
		values.add(PythonTuple.of());
		values.add(Arrays.asList(1L, null, "x", List.of(List.of())));
		values.add(PythonTuple.of(1L, PythonTuple.of("a", null), List.of(2L)));
		values.add(Map.of("a", Map.of("b", Map.of("c", 1L))));
		values.add(Set.of(1L, "a", 2.5, PythonTuple.of(1L, 2L)));
		Map<Object, Object> odd = new LinkedHashMap<>();
		odd.put("a", 1L);
		odd.put("b", null);
		odd.put(null, 2L);
		odd.put(1.5, List.of(true));
		odd.put(PythonTuple.of(1L, "k"), "tuple key");
		odd.put(BigInteger.TWO.pow(70), "big key");
		odd.put("\uD83D", "surrogate key");
		odd.put("a\0b", "nul key");
		values.add(odd);
		return values;
	}

	static Stream<Arguments> echoes() {
		return ECHOED.stream()
			.flatMap((value) -> Stream.of(Engine.Way.values()).map((way) -> Arguments.of(way, value)));
	}

	@ParameterizedTest(name = "{0} {index}")
	@MethodSource("echoes")
	void valueComesBackEqual(Engine.Way way, Object value) {
		Object back = way.run(this.pool, Engine.call("__main__:echo", value));
		if (value instanceof Double number) {
			assertThat(Double.doubleToRawLongBits((Double) back)).isEqualTo(Double.doubleToRawLongBits(number));
		}
		else {
			assertThat(back).isEqualTo(value);
		}
	}

	static Stream<Arguments> expressions() {
		return Stream.of(Arguments.of("10**10", 10_000_000_000L), Arguments.of("2**31", 2147483648L),
				Arguments.of("-2**31-1", -2147483649L), Arguments.of("2**63", BigInteger.TWO.pow(63)),
				Arguments.of("-2**63-1", BigInteger.TWO.pow(63).negate().subtract(BigInteger.ONE)),
				Arguments.of("10**400", BigInteger.TEN.pow(400)),
				Arguments.of("[2**64, -2**64]", List.of(BigInteger.TWO.pow(64), BigInteger.TWO.pow(64).negate())),
				Arguments.of("[True, 1, False]", List.of(true, 1L, false)), Arguments.of("'\\ud800'", "\ud800"),
				Arguments.of("{'a':1,'b':None,None:2}", mapOfNulls()),
				Arguments.of("(1, [2])", PythonTuple.of(1L, List.of(2L))), Arguments.of("frozenset([1])", Set.of(1L)),
				Arguments.of("{(1, 2): 'x'}", Map.of(List.of(1L, 2L), "x")),
				Arguments.of("{frozenset([1]): 'x'}", Map.of(Set.of(1L), "x")),
				Arguments.of("{b'k': 'x'}", Map.of(ByteBuffer.wrap(new byte[] { 'k' }), "x")),
				Arguments.of("__import__('collections').OrderedDict(a=1)", Map.of("a", 1L)),
				Arguments.of("type('I', (int,), {})(7)", 7L), Arguments.of("type('S', (str,), {})('s')", "s"),
				Arguments.of("type('F', (float,), {})(1.5)", 1.5),
				Arguments.of("type('T', (set,), {})([1])", Set.of(1L)),
				Arguments.of("__import__('http').HTTPStatus.OK", 200L), Arguments.of("None", null));
	}

	private static Map<Object, Object> mapOfNulls() {
		Map<Object, Object> map = new HashMap<>();
		map.put("a", 1L);
		map.put("b", null);
		map.put(null, 2L);
		return map;
	}

	@ParameterizedTest
	@MethodSource("expressions")
	void expressionGivesTheJavaValue(String expression, Object expected) {
		assertThat(Engine.eval(this.pool, expression)).isEqualTo(expected);
	}

	static Stream<Arguments> pythonTypes() {
		return Stream.of(Arguments.of((byte) -1, "int"), Arguments.of((short) 300, "int"), Arguments.of(1, "int"),
				Arguments.of(1L, "int"), Arguments.of(1.5f, "float"), Arguments.of('x', "str"),
				Arguments.of('\0', "str"), Arguments.of(true, "bool"), Arguments.of(new byte[] { 1 }, "bytes"),
				Arguments.of(List.of(), "list"), Arguments.of(PythonTuple.of(), "tuple"),
				Arguments.of(Map.of(), "dict"), Arguments.of(Set.of(), "set"), Arguments.of(new Object[] { 1 }, "list"),
				Arguments.of(new String[] { "a" }, "list"), Arguments.of(new double[] { 1 }, "array"),
				Arguments.of(new boolean[] { true }, "list"), Arguments.of(null, "NoneType"),
				Arguments.of(ByteBuffer.wrap(new byte[] { 1 }), "bytes"));
	}

	@ParameterizedTest
	@MethodSource("pythonTypes")
	void javaValueHasThePythonType(Object value, String type) {
		Object[] arguments = { value };
		assertThat(this.pool.invoke(PythonRequest.call("__main__:type_name", arguments, Map.of()), Engine.NONE))
			.isEqualTo(type);
	}

	@Test
	void bytesOfEveryKindBecomeByteArrays() {
		byte[] expected = { 'H', 'e', 'l', 'l', 'o', 0, (byte) 0xff };
		for (String expression : List.of("b'Hello\\x00\\xff'", "bytearray(b'Hello\\x00\\xff')",
				"memoryview(b'Hello\\x00\\xff')", "memoryview(b'H-e-l-l-o-\\x00-\\xff')[::2]")) {
			assertThat((byte[]) Engine.eval(this.pool, expression)).as(expression).isEqualTo(expected);
		}
		assertThat((byte[]) this.pool.invoke(Engine.call("__main__:echo", (Object) expected), Engine.NONE))
			.isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void largeBytesCross(Engine.Way way) {
		byte[] large = new byte[5_000_000];
		for (int i = 0; i < large.length; i++) {
			large[i] = (byte) (i * 31);
		}
		assertThat((byte[]) way.run(this.pool, Engine.call("__main__:echo", (Object) large))).isEqualTo(large);
	}

	@Test
	void primitiveArraysComeBack() {
		for (Object array : new Object[] { new double[] { 1.5, -0.0, Double.NaN }, new long[] { 1, Long.MIN_VALUE },
				new int[] { -1, Integer.MAX_VALUE }, new float[] { 1.5f }, new short[] { -300 }, new double[0] }) {
			assertThat(this.pool.invoke(Engine.call("__main__:echo", array), Engine.NONE)).isEqualTo(array);
		}
		assertThat(this.pool.invoke(Engine.call("builtins:sum", (Object) new double[] { 1, 2, 3.5 }), Engine.NONE))
			.isEqualTo(6.5);
	}

	@Test
	void astralCharacterIsOnePythonCharacterAndTwoJavaOnes() {
		assertThat(this.pool.invoke(Engine.call("__main__:length", "\uD83D\uDE01"), Engine.NONE)).isEqualTo(1L);
		assertThat((String) Engine.eval(this.pool, "'\\U0001F601'")).hasSize(2);
	}

	@Test
	void nestedMapsAreRealDicts() {
		assertThat(this.pool.invoke(Engine.call("json:dumps", Map.of("a", Map.of("b", 1L))), Engine.NONE))
			.isEqualTo("{\"a\": {\"b\": 1}}");
		assertThat(this.pool.invoke(PythonRequest.eval("{'foo': 1}[k]", Map.of("k", "foo")), Engine.NONE))
			.isEqualTo(1L);
	}

	@Test
	void collectionKeysBecomeHashable() {
		Map<Object, Object> map = new HashMap<>();
		map.put(List.of(1, Set.of(2)), "x");
		assertThat(this.pool.invoke(PythonRequest.eval("list(m)[0] == (1, frozenset([2]))", Map.of("m", map)),
				Engine.NONE))
			.isEqualTo(true);
	}

	@Test
	void resultsAreSerializableAndNotBoundToAThread() throws Exception {
		Object value = Engine.eval(this.pool, "[1,'a',(2,{3}),b'x']");
		Thread thread = new Thread(() -> assertThat((List<?>) value).hasSize(4));
		thread.start();
		thread.join();
		new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(value);
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void cycleOfPythonIsNamedAndTheNextCallWorks(Engine.Way way) {
		this.pool.broadcast(PythonRequest.exec("l = []; l.append(l)\nd = {}; d['x'] = [d]", Map.of()), Engine.NONE);
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> way.run(this.pool, PythonRequest.eval("l", Map.of())))
			.withMessageContaining("a Python 'list' contains itself");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> way.run(this.pool, PythonRequest.eval("d", Map.of())))
			.withMessageContaining("contains itself");
		assertThat(way.run(this.pool, PythonRequest.eval("1", Map.of()))).isEqualTo(1L);
	}

	@Test
	void cycleOfJavaIsNamed() {
		Map<String, Object> map = new HashMap<>();
		map.put("self", List.of(map));
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.pool.invoke(Engine.call("__main__:echo", map), Engine.NONE))
			.withMessageContaining("contains itself")
			.withMessageContaining("args[0]['self'][0]");
	}

	@Test
	void deepNestingIsNamedBothWays() {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.pool.invoke(
				PythonRequest.eval("__import__('functools').reduce(lambda a, _: [a], range(100000), [])", Map.of()),
				Engine.NONE))
			.withMessageContaining("deeper than 200 levels");
		List<Object> deep = new ArrayList<>();
		for (int i = 0; i < 100_000; i++) {
			deep = new ArrayList<>(Collections.singletonList(deep));
		}
		Object argument = deep;
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.pool.invoke(Engine.call("__main__:echo", argument), Engine.NONE))
			.withMessageContaining("deeper than 200 levels");
	}

	@Test
	void nestingUpToTheLimitCrosses() {
		Object value = 1L;
		for (int i = 0; i < 200; i++) {
			value = List.of(value);
		}
		assertThat(this.pool.invoke(Engine.call("__main__:echo", value), Engine.NONE)).isEqualTo(value);
	}

	@Test
	void unconvertibleResultIsNamedWithItsPath() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> Engine.eval(this.pool, "[0, 1, 2, {'x': object()}]"))
			.withMessageContaining("a Python 'object' has no counterpart in Java, at result[3]['x']");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> Engine.eval(this.pool, "(x for x in [1])"))
			.withMessageContaining("'generator'");
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@Test
	void hostileObjectIsAnErrorOfItsRequestOnly() {
		Engine.exec(this.pool, "1");
		String hostile = "type('H', (), {'__getattr__': lambda s, n: 1/0, '__class__': property(lambda s: 1/0)})()";
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> Engine.eval(this.pool, hostile))
			.withMessageContaining("'__main__.H'");
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@Test
	void unconvertibleArgumentIsNamedWithItsPath() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.pool.invoke(Engine.call("__main__:echo", 1, Map.of("a", List.of(new Object()))),
					Engine.NONE))
			.withMessageContaining("'java.lang.Object' has no counterpart in Python, at args[1]['a'][0]");
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.pool
				.invoke(PythonRequest.call("__main__:echo", new Object[0], Map.of("x", new Object())), Engine.NONE))
			.withMessageContaining("kwargs['x']");
	}

	@Test
	void keysThatAreEqualInJavaAreAnErrorNotALoss() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> Engine.eval(this.pool, "{float('nan'): 1, float('nan'): 2}"))
			.withMessageContaining("equal in Java");
	}

	@Test
	void mapKeyInASetIsAnError() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.pool.invoke(Engine.call("__main__:echo", Set.of(Map.of("a", 1))), Engine.NONE))
			.withMessageContaining("not hashable");
	}

	@Test
	void messageOverTheLimitIsAnErrorBothWays() {
		PoolOptions small = PoolOptions.named("small").withSize(1).withLimits(new CodecLimits(10, 100_000));
		try (PythonPool limited = PythonPool.open(this.runtime, small)) {
			for (Engine.Way way : Engine.Way.values()) {
				assertThatExceptionOfType(PythonConversionException.class)
					.isThrownBy(() -> way.run(limited, PythonRequest.eval("'x' * 200000", Map.of())))
					.withMessageContaining("max-message-size");
				assertThatExceptionOfType(PythonConversionException.class)
					.isThrownBy(() -> way.run(limited, PythonRequest.eval("['x' * 9] * 200000", Map.of())))
					.withMessageContaining("max-message-size");
			}
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> limited.invoke(Engine.call("builtins:len", "x".repeat(200_000)), Engine.NONE))
				.withMessageContaining("max-message-size");
			assertThat(Engine.eval(limited, "1")).isEqualTo(1L);
		}
	}

	@Test
	void conversionDoesNotImportNumpy() {
		Engine.exec(this.pool, "import sys; before = 'numpy' in sys.modules");
		Engine.eval(this.pool, "[1, 2.5, b'x', memoryview(b'x')]");
		assertThat(Engine.eval(this.pool, "('numpy' in __import__('sys').modules) == before")).isEqualTo(true);
	}

}
