package io.pyboot.pool;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonCallException;
import io.pyboot.PythonComplex;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonElementType;
import io.pyboot.PythonTuple;
import io.pyboot.callback.CallbackRegistry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * NumPy's arrays and scalars cross like numbers and buffers, in mode main, which is the
 * only one that NumPy loads in. Skipped where there is no NumPy for the CPython of the
 * tests.
 */
class NumpyTests extends PoolTestBase {

	private NumpyFiles numpy;

	@Override
	PoolOptions options() {
		return PoolOptions.named("numpy").withSize(2).withMode(PythonMode.MAIN);
	}

	@BeforeAll
	void importNumpy() throws IOException {
		this.numpy = NumpyFiles.require(this.runtime);
		this.pool.broadcast(PythonRequest.exec("""
				import ctypes, sys
				sys.path += [packages] if packages not in sys.path else []
				for name in libraries: ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
				import numpy as np
				def echo(x): return x
				""", Map.of("packages", this.numpy.packages().toString(), "libraries",
				this.numpy.libraries().stream().map(Path::toString).toList())), Engine.NONE);
	}

	private Object eval(String expression) {
		return Engine.eval(this.pool, expression);
	}

	static Stream<Arguments> arrays() {
		BigInteger largest = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
		return Stream.of(Arguments.of("np.arange(3, dtype='uint8')", PythonElementType.UINT8, new int[] { 0, 1, 2 }),
				Arguments.of("np.array([65535], 'uint16')", PythonElementType.UINT16, new int[] { 65535 }),
				Arguments.of("np.array([2**32 - 1], 'uint32')", PythonElementType.UINT32, new long[] { 4294967295L }),
				Arguments.of("np.array([2**64 - 1, 1], 'uint64')", PythonElementType.UINT64,
						new BigInteger[] { largest, BigInteger.ONE }),
				Arguments.of("np.array([-1], 'int8')", PythonElementType.INT8, new byte[] { -1 }),
				Arguments.of("np.array([-1], 'int16')", PythonElementType.INT16, new short[] { -1 }),
				Arguments.of("np.array([-1], 'int32')", PythonElementType.INT32, new int[] { -1 }),
				Arguments.of("np.array([-1])", PythonElementType.INT64, new long[] { -1 }),
				Arguments.of("np.array([1.5, 65504], 'float16')", PythonElementType.FLOAT16,
						new float[] { 1.5f, 65504 }),
				Arguments.of("np.array([0.1], 'float32')", PythonElementType.FLOAT32, new float[] { 0.1f }),
				Arguments.of("np.array([0.1, np.nan])", PythonElementType.FLOAT64, new double[] { 0.1, Double.NaN }),
				Arguments.of("np.array([True, False])", PythonElementType.BOOL, new boolean[] { true, false }),
				Arguments.of("np.arange(6.).reshape(2, 3)", PythonElementType.FLOAT64,
						new double[][] { { 0, 1, 2 }, { 3, 4, 5 } }),
				Arguments.of("np.arange(6, dtype='i4').reshape(2, 3).T", PythonElementType.INT32,
						new int[][] { { 0, 3 }, { 1, 4 }, { 2, 5 } }),
				Arguments.of("np.arange(10)[::-3]", PythonElementType.INT64, new long[] { 9, 6, 3, 0 }),
				Arguments.of("np.asfortranarray([[1, 2], [3, 4]])", PythonElementType.INT64,
						new long[][] { { 1, 2 }, { 3, 4 } }),
				Arguments.of("np.array([[1, 2], [3, 4]], '>i4')[:, ::-1]", PythonElementType.INT32,
						new int[][] { { 2, 1 }, { 4, 3 } }),
				Arguments.of("np.array([1.5], '>f8')", PythonElementType.FLOAT64, new double[] { 1.5 }),
				Arguments.of("np.array([1.5], '>f2')", PythonElementType.FLOAT16, new float[] { 1.5f }),
				Arguments.of("np.broadcast_to(np.int16(7), (2, 2))", PythonElementType.INT16,
						new short[][] { { 7, 7 }, { 7, 7 } }),
				Arguments.of("np.zeros((2, 0, 3))", PythonElementType.FLOAT64, new double[2][0][3]),
				Arguments.of("np.zeros(0, '>i2')", PythonElementType.INT16, new short[0]),
				Arguments.of("np.array(2.5)", PythonElementType.FLOAT64, 2.5),
				Arguments.of("np.matrix([[1, 2]])", PythonElementType.INT64, new long[][] { { 1, 2 } }),
				Arguments.of("memoryview(np.arange(2))", PythonElementType.INT64, new long[] { 0, 1 }));
	}

	@ParameterizedTest
	@MethodSource("arrays")
	void arrayBecomesABufferOfItsTypeAndShape(String expression, PythonElementType type, Object nested) {
		PythonBuffer buffer = (PythonBuffer) eval(expression);
		assertThat(buffer.elementType()).isEqualTo(type);
		assertThat(buffer.toNestedArray()).isEqualTo(nested);
	}

	static Stream<Arguments> values() {
		return Stream.of(
				Arguments.of("[np.int64(1), np.float32(1.5), np.bool_(True), np.str_('a'), np.float64(0.1)]",
						Arrays.asList(1L, 1.5, true, "a", 0.1)),
				Arguments.of("np.uint64(2**64 - 1)", BigInteger.TWO.pow(64).subtract(BigInteger.ONE)),
				Arguments.of("(np.int8(-1), np.uint8(255), np.float16(0.5), np.intp(3))",
						PythonTuple.of(-1L, 255L, 0.5, 3L)),
				Arguments.of("{np.int32(1): np.str_('x')}", Map.of(1L, "x")),
				Arguments.of("{'a': [np.array(['x', 'yz']), np.longdouble(1.5)]}",
						Map.of("a", List.of(List.of("x", "yz"), 1.5))),
				Arguments.of("np.array([1, 'a', None, [2.5], np.int8(3)], object)",
						Arrays.asList(1L, "a", null, List.of(2.5), 3L)),
				Arguments.of("np.array([(1, 2.5, b'x')], [('a', 'i4'), ('b', 'f4'), ('c', 'S1')])['a']",
						PythonBuffer.wrap(PythonElementType.INT32, ByteBuffer.wrap(new byte[] { 1, 0, 0, 0 }), 1)),
				Arguments.of("np.array([(1, 2.5), (3, 4)], [('a', 'i4'), ('b', 'f4')])",
						List.of(PythonTuple.of(1L, 2.5), PythonTuple.of(3L, 4.0))),
				Arguments.of("np.array([(1, 2.5)], [('a', 'i4'), ('b', 'f4')])[0]", PythonTuple.of(1L, 2.5)),
				Arguments.of("np.ma.array([1, 2, 3], mask=[False, True, False])", Arrays.asList(1L, null, 3L)),
				Arguments.of("np.datetime64('2026-01-31')", LocalDate.of(2026, 1, 31)),
				Arguments.of("np.datetime64('2026-01-31T10:00:00.5')",
						LocalDateTime.of(2026, 1, 31, 10, 0, 0, 500_000_000)),
				Arguments.of("np.array(['2026-01-31T10:00', 'NaT'], 'M8[ns]')",
						Arrays.asList(LocalDateTime.of(2026, 1, 31, 10, 0), null)),
				Arguments.of("np.array([90, 1], 'm8[s]')", List.of(Duration.ofSeconds(90), Duration.ofSeconds(1))),
				Arguments.of("[np.complex64(1 + 2j), np.complex128(3)]",
						List.of(new PythonComplex(1, 2), new PythonComplex(3, 0))),
				Arguments.of("np.array([1j])", List.of(new PythonComplex(0, 1))),
				Arguments.of("[np.datetime64('NaT'), np.timedelta64('NaT')]", Arrays.asList(null, null)),
				Arguments.of("np.array(['NaT'], 'M8[ns]')", Arrays.asList((Object) null)),
				Arguments.of("np.array([[0.5, 2]], 'longdouble')", List.of(List.of(0.5, 2.0))));
	}

	@ParameterizedTest
	@MethodSource("values")
	void scalarsAndOtherArraysCrossAsWhatTheirItemsAre(String expression, Object expected) {
		assertThat(eval(expression)).isEqualTo(expected);
	}

	static Stream<Arguments> refused() {
		return Stream.of(Arguments.of("[np.longdouble(1) / 3]", "is a long double that does not fit into a float"),
				Arguments.of("np.clongdouble(1)", "a Python 'numpy.clongdouble' has no counterpart"),
				Arguments.of("np.datetime64('2026-01-31T00:00:00.123456789')", "do not fit into those of datetime"),
				Arguments.of("np.array(['292277-01-01'], 'M8[D]')", "do not fit into those of datetime"),
				Arguments.of("(lambda a: (a.__setitem__(0, a), a)[1])(np.empty(1, object))", "nested deeper than"));
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatJavaHasNoNumberForIsAnErrorThatNamesIt(String expression, String message) {
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> eval(expression))
			.withMessageContaining(message);
	}

	@ParameterizedTest
	@EnumSource(PythonElementType.class)
	void bufferIsAnArrayAndComesBackEqual(PythonElementType type) {
		String name = type.name().toLowerCase();
		PythonBuffer buffer = (PythonBuffer) eval("np.arange(6).reshape(2, 3).astype('" + name + "')");
		assertThat(buffer.elementType()).isEqualTo(type);
		assertThat(this.pool.invoke(PythonRequest.eval("np.asarray(x)", Map.of("x", buffer)), Engine.NONE))
			.isEqualTo(buffer);
		assertThat(this.pool.invoke(PythonRequest.eval("np.asarray(x).dtype.name", Map.of("x", buffer)), Engine.NONE))
			.isEqualTo(name);
	}

	@Test
	void javaArraysAreArraysOfNumpy() {
		assertThat(this.pool.invoke(
				PythonRequest.eval("float(np.asarray(x).sum())", Map.of("x", new double[][] { { 1, 2 }, { 3, 4 } })),
				Engine.NONE))
			.isEqualTo(10.0);
		assertThat(this.pool.invoke(PythonRequest.eval("np.asarray(x).dtype.name", Map.of("x", new int[] { 1 })),
				Engine.NONE))
			.isEqualTo("int32");
	}

	@Test
	void scalarsArePlainNumbersForACallback() {
		CallbackRegistry registry = new CallbackRegistry();
		registry.register("add", (arguments, keywords) -> (Double) arguments.get(0) + (Double) keywords.get("y"));
		registry.register("types",
				(arguments, keywords) -> arguments.stream().map((each) -> each.getClass().getSimpleName()).toList());
		try (PythonPool calling = PythonPool.open(this.runtime, options().withSize(1), registry)) {
			Engine.exec(calling, "import numpy as np, pyboot");
			assertThat(Engine.eval(calling, "pyboot.add(np.float64(1.5), y=np.float32(0.25))")).isEqualTo(1.75);
			assertThat(Engine.eval(calling, "pyboot.types(np.int64(1), np.bool_(True), np.str_('a'), np.arange(3))"))
				.isEqualTo(List.of("Long", "Boolean", "String", "PythonBuffer"));
		}
	}

	@Test
	void numpyOfASubinterpreterIsRefusedWithTheRemedy() {
		PoolOptions options = PoolOptions.named("refused")
			.withSize(1)
			.withMode(PythonMode.SUBINTERPRETER)
			.withPath(List.of(this.numpy.packages()));
		try (PythonPool pool = PythonPool.open(this.runtime, options)) {
			for (int i = 0; i < 2; i++) {
				PythonCallException ex = catchThrowableOfType(PythonCallException.class,
						() -> Engine.exec(pool, "import numpy"));
				assertThat(ex.getPythonType()).isEqualTo("ImportError");
				assertThat(ex.getTraceback()).contains("mode: main");
			}
			assertThat(Engine.eval(pool, "1 + 1")).isEqualTo(2L);
		}
		assertThat(eval("int(np.arange(4).sum())")).isEqualTo(6L);
	}

}
