package io.pyboot.pool;

import java.math.BigInteger;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonElementType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Arrays and everything with the buffer protocol cross both ways without loss.
 */
class BufferTests extends PoolTestBase {

	private static final String CTYPES = "__import__('ctypes')";

	@BeforeAll
	void defineFunctions() {
		this.pool.broadcast(PythonRequest.exec("""
				from array import array
				def echo(x): return x
				def describe(x): return repr(x)
				def facts(x): return [x.format, list(x.shape), x.readonly, x.tolist()]
				class Exporter:
				    def __init__(self, view): self.view = view
				    def __buffer__(self, flags):
				        if self.view is None: raise RuntimeError('no view')
				        return self.view
				""", Map.of()), Engine.NONE);
	}

	private Object eval(String expression) {
		return Engine.eval(this.pool, expression);
	}

	static Stream<Arguments> arrays() {
		BigInteger big = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
		return Stream.of(Arguments.of("array('b', [-128, 127])", new byte[] { -128, 127 }),
				Arguments.of("array('B', [0, 255])", new int[] { 0, 255 }),
				Arguments.of("array('h', [-32768])", new short[] { Short.MIN_VALUE }),
				Arguments.of("array('H', [65535])", new int[] { 65535 }),
				Arguments.of("array('i', [-2**31])", new int[] { Integer.MIN_VALUE }),
				Arguments.of("array('I', [2**32 - 1])", new long[] { 4294967295L }),
				Arguments.of("array('l', [1])", new long[] { 1 }),
				Arguments.of("array('L', [2**64 - 1])", new BigInteger[] { big }),
				Arguments.of("array('q', [-2**63])", new long[] { Long.MIN_VALUE }),
				Arguments.of("array('Q', [2**64 - 1, 1])", new BigInteger[] { big, BigInteger.ONE }),
				Arguments.of("array('f', [0.5])", new float[] { 0.5f }),
				Arguments.of("array('d', [0.1])", new double[] { 0.1 }), Arguments.of("array('d')", new double[0]),
				Arguments.of("type('A', (array,), {})('i', [1])", new int[] { 1 }));
	}

	@ParameterizedTest
	@MethodSource("arrays")
	void arrayBecomesTheArrayThatHoldsItsNumbers(String expression, Object expected) {
		assertThat(eval(expression)).isEqualTo(expected);
		assertThat(eval("{'a': [" + expression + "]}"))
			.satisfies((map) -> assertThat(((List<?>) ((Map<?, ?>) map).get("a")).get(0)).isEqualTo(expected));
	}

	static Stream<Arguments> bytes() {
		return Stream
			.of("memoryview(b'abc')", "memoryview(b'aXbXc')[::2]", "memoryview(b'cba')[::-1]",
					"memoryview(b'abc').cast('c')", "type('B', (bytearray,), {})(b'abc')",
					CTYPES + ".create_string_buffer(b'abc', 3)", "(" + CTYPES + ".c_ubyte * 3)(97, 98, 99)",
					"Exporter(memoryview(b'abc'))", "__import__('io').BytesIO(b'abc').getbuffer()",
					"type('M', (), {'__buffer__': lambda s, f: memoryview(b'abc')})()")
			.map(Arguments::of);
	}

	@ParameterizedTest
	@MethodSource("bytes")
	void oneDimensionOfBytesBecomesAByteArray(String expression) {
		assertThat((byte[]) eval(expression)).isEqualTo(new byte[] { 'a', 'b', 'c' });
	}

	@Test
	void mappedMemoryBecomesAByteArray() {
		assertThat((byte[]) eval("(lambda m: (m.write(b'abc'), m)[1])(__import__('mmap').mmap(-1, 4096))"))
			.hasSize(4096)
			.startsWith('a', 'b', 'c');
	}

	static Stream<Arguments> buffers() {
		return Stream.of(
				Arguments.of("memoryview(array('d', [1, 2, 3]))", PythonElementType.FLOAT64, new double[] { 1, 2, 3 }),
				Arguments.of("memoryview(array('q', [1, 2, 3, 4, 5]))[::-2]", PythonElementType.INT64,
						new long[] { 5, 3, 1 }),
				Arguments.of("memoryview(b'abcdef').cast('B', (2, 3))", PythonElementType.UINT8,
						new int[][] { { 'a', 'b', 'c' }, { 'd', 'e', 'f' } }),
				Arguments.of("memoryview(array('h', range(8))).cast('B').cast('h', (2, 2, 2))", PythonElementType.INT16,
						new short[][][] { { { 0, 1 }, { 2, 3 } }, { { 4, 5 }, { 6, 7 } } }),
				Arguments.of("memoryview(b'\\0\\1').cast('?')", PythonElementType.BOOL, new boolean[] { false, true }),
				Arguments.of("memoryview(b'\\xff').cast('b')", PythonElementType.INT8, new byte[] { -1 }),
				Arguments.of("memoryview(bytes(8)).cast('L')", PythonElementType.UINT64,
						new BigInteger[] { BigInteger.ZERO }),
				Arguments.of("memoryview(__import__('struct').pack('<2e', 1.5, -2)).cast('e')",
						PythonElementType.FLOAT16, new float[] { 1.5f, -2 }),
				Arguments.of("memoryview(b'').cast('d')", PythonElementType.FLOAT64, new double[0]),
				Arguments.of("memoryview(bytes(8)).cast('d', ())", PythonElementType.FLOAT64, 0.0),
				Arguments.of("(" + CTYPES + ".c_int * 3)(1, -2, 3)", PythonElementType.INT32, new int[] { 1, -2, 3 }),
				Arguments.of("((" + CTYPES + ".c_double * 2) * 2)((1, 2), (3, 4))", PythonElementType.FLOAT64,
						new double[][] { { 1, 2 }, { 3, 4 } }),
				Arguments.of("(" + CTYPES + ".c_uint16.__ctype_be__ * 2)(1, 0x1234)", PythonElementType.UINT16,
						new int[] { 1, 0x1234 }),
				Arguments.of("(" + CTYPES + ".c_double.__ctype_be__ * 1)(1.5)", PythonElementType.FLOAT64,
						new double[] { 1.5 }));
	}

	@ParameterizedTest
	@MethodSource("buffers")
	void typedMemoryBecomesABufferOfItsShape(String expression, PythonElementType type, Object nested) {
		PythonBuffer buffer = (PythonBuffer) eval(expression);
		assertThat(buffer.elementType()).isEqualTo(type);
		assertThat(buffer.toNestedArray()).isEqualTo(nested);
	}

	static Stream<Arguments> refused() {
		return Stream.of(Arguments.of("array('u', 'ab')", "a Python 'array.array' has no counterpart in Java"),
				Arguments.of("[(" + CTYPES + ".c_char_p * 1)()]",
						"cannot become a Java value: it holds items of the format '<z', at result[0]"),
				Arguments.of("Exporter(None)", "it does not give its buffer away"),
				Arguments.of("(lambda v: (v.release(), v)[1])(memoryview(b'a'))", "it does not give its buffer away"));
	}

	@ParameterizedTest
	@MethodSource("refused")
	void memoryOfNoNumbersIsAnErrorThatNamesIt(String expression, String message) {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> eval(expression))
			.withMessageContaining(message);
		assertThat(eval("1")).isEqualTo(1L);
	}

	@Test
	void bufferIsGivenBackOnceItWasConverted() {
		Engine.exec(this.pool, "1");
		PythonRequest request = PythonRequest.exec("kept = bytearray(b'abc'); data = array('d', [1])", Map.of());
		this.pool.invoke(request, Engine.NONE.withContextIndex(0));
		for (String expression : List.of("memoryview(kept)", "data")) {
			this.pool.invoke(PythonRequest.eval(expression, Map.of()), Engine.NONE.withContextIndex(0));
		}
		// A buffer that is still exported cannot change its size.
		this.pool.invoke(PythonRequest.exec("kept.append(1); data.append(1)", Map.of()),
				Engine.NONE.withContextIndex(0));
	}

	static Stream<Arguments> javaBuffers() {
		return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
			.flatMap((order) -> Stream.of(true, false).map((direct) -> {
				ByteBuffer bytes = direct ? ByteBuffer.allocateDirect(32) : ByteBuffer.allocate(32);
				return bytes.order(order);
			}))
			.flatMap((bytes) -> Stream.of(
					Arguments.of(bytes.asDoubleBuffer().put(1, 1.5).position(1).limit(3), "array('d', [1.5, 0.0])"),
					Arguments.of(bytes.asLongBuffer().put(3, -1).position(3), "array('q', [-1])"),
					Arguments.of(copy(bytes).asFloatBuffer().put(7, 0.5f).position(7), "array('f', [0.5])"),
					Arguments.of(copy(bytes).asIntBuffer().put(0, 258).limit(1), "array('i', [258])"),
					Arguments.of(copy(bytes).asShortBuffer().put(0, (short) 258).limit(1), "array('h', [258])"),
					Arguments.of(copy(bytes).asCharBuffer().put(0, 'x').limit(1), "'x'"),
					Arguments.of(copy(bytes).put(4, (byte) 7).position(4).limit(6), "b'\\x07\\x00'"),
					Arguments.of(copy(bytes).asReadOnlyBuffer().position(30), "b'\\x00\\x00'"),
					Arguments.of(copy(bytes).position(32), "b''")));
	}

	private static ByteBuffer copy(ByteBuffer like) {
		return (like.isDirect() ? ByteBuffer.allocateDirect(32) : ByteBuffer.allocate(32)).order(like.order());
	}

	@ParameterizedTest
	@MethodSource("javaBuffers")
	void whatRemainsInAJavaBufferArrivesInItsOrder(Buffer buffer, String expected) {
		int position = buffer.position();
		assertThat(this.pool.invoke(Engine.call("__main__:describe", buffer), Engine.NONE)).isEqualTo(expected);
		assertThat(buffer.position()).isEqualTo(position);
	}

	@Test
	void textAndBooleansAreNoNumbers() {
		assertThat(this.pool.invoke(Engine.call("__main__:describe", CharBuffer.wrap("text", 1, 3)), Engine.NONE))
			.isEqualTo("'ex'");
		assertThat(
				this.pool.invoke(Engine.call("__main__:describe", (Object) new boolean[] { true, false }), Engine.NONE))
			.isEqualTo("[True, False]");
		assertThat(this.pool.invoke(Engine.call("__main__:describe", (Object) new char[] { 'a', '\0' }), Engine.NONE))
			.isEqualTo("'a\\x00'");
	}

	@Test
	void arrayOfArraysBecomesAListOfArrays() {
		assertThat(this.pool.invoke(Engine.call("__main__:describe", (Object) new double[][] { { 1, 2 }, {}, { 3 } }),
				Engine.NONE))
			.isEqualTo("[array('d', [1.0, 2.0]), array('d'), array('d', [3.0])]");
		assertThat(
				this.pool.invoke(Engine.call("__main__:describe", (Object) new int[][][] { { { 1 } } }), Engine.NONE))
			.isEqualTo("[[array('i', [1])]]");
	}

	@Test
	void bufferArrivesAsAMemoryviewOfItsShape() {
		PythonBuffer buffer = (PythonBuffer) eval("memoryview(array('d', range(6))).cast('B').cast('d', (2, 3))");
		assertThat(this.pool.invoke(Engine.call("__main__:facts", buffer), Engine.NONE))
			.isEqualTo(List.of("d", List.of(2L, 3L), true, List.of(List.of(0.0, 1.0, 2.0), List.of(3.0, 4.0, 5.0))));
	}

	@ParameterizedTest
	@EnumSource(PythonElementType.class)
	void bufferComesBackEqual(PythonElementType type) {
		ByteBuffer data = ByteBuffer.allocate(6 * type.size());
		for (int i = 0; i < data.capacity(); i++) {
			data.put(i, (byte) ((type == PythonElementType.BOOL) ? i & 1 : i * 37));
		}
		for (int[] shape : new int[][] { { 2, 3 }, { 3, 1, 2 }, { 1, 6 } }) {
			PythonBuffer buffer = PythonBuffer.wrap(type, data, shape);
			assertThat(this.pool.invoke(Engine.call("__main__:echo", buffer), Engine.NONE)).isEqualTo(buffer);
		}
		PythonBuffer single = PythonBuffer.wrap(type, data.slice(0, type.size()));
		assertThat(this.pool.invoke(Engine.call("__main__:echo", single), Engine.NONE)).isEqualTo(single);
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void largeArraysCross(Engine.Way way) {
		double[] large = new double[700_000];
		for (int i = 0; i < large.length; i++) {
			large[i] = i * 0.5;
		}
		assertThat((double[]) way.run(this.pool, Engine.call("__main__:echo", (Object) large))).isEqualTo(large);
		PythonBuffer buffer = (PythonBuffer) way.run(this.pool,
				PythonRequest.eval("memoryview(x).cast('B').cast('d', (7, 100000))", Map.of("x", large)));
		assertThat(buffer.toArray()).isEqualTo(large);
		assertThat(way.run(this.pool, Engine.call("__main__:echo", buffer))).isEqualTo(buffer);
	}

	@Test
	void conversionsImportNothing() {
		eval("[memoryview(bytes(8)).cast('d'), bytearray(1)]");
		assertThat(eval("'numpy' in __import__('sys').modules")).isEqualTo(false);
	}

}
