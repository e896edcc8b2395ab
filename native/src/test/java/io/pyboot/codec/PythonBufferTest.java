package io.pyboot.codec;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

import io.pyboot.PythonBuffer;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A buffer shows the numbers that its bytes stand for, and refuses bytes that are none.
 */
class PythonBufferTest {

	private static ByteBuffer bytes(int... values) {
		ByteBuffer bytes = ByteBuffer.allocate(values.length);
		for (int value : values) {
			bytes.put((byte) value);
		}
		return bytes.flip();
	}

	@Test
	void itemsAreFoundByTheirIndex() {
		PythonBuffer buffer = PythonBuffer.wrap(PythonElementType.INT16, bytes(0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0), 2,
				3);
		assertThat(buffer.get(1, 0)).isEqualTo(3L);
		assertThat(buffer.strides()).containsExactly(6, 2);
		assertThat(buffer.size()).isEqualTo(6);
		assertThat(buffer.toList()).isEqualTo(List.of(List.of(0L, 1L, 2L), List.of(3L, 4L, 5L)));
		assertThat(buffer.asByteBuffer().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
		assertThat(buffer.asByteBuffer().isReadOnly()).isTrue();
		assertThat(buffer).hasToString("PythonBuffer[INT16, shape=[2, 3]]");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.get(0, 3));
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.get(-1, 0));
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.get(0));
	}

	@Test
	void singleItemIsNoList() {
		PythonBuffer single = PythonBuffer.wrap(PythonElementType.UINT8, bytes(200));
		assertThat(single.get()).isEqualTo(200L);
		assertThat(single.toNestedArray()).isEqualTo(200L);
		assertThat(single.toArray()).isEqualTo(new int[] { 200 });
		assertThatIllegalStateException().isThrownBy(single::toList);
	}

	@Test
	void shapeWithoutItemsKeepsItsLengths() {
		PythonBuffer none = PythonBuffer.wrap(PythonElementType.FLOAT64, bytes(), 2, 0, 3);
		assertThat(none.toNestedArray()).isEqualTo(new double[2][0][3]);
		assertThat(none.toList()).isEqualTo(List.of(List.of(), List.of()));
	}

	@Test
	void numbersAreNeverCut() {
		ByteBuffer ones = bytes(255, 255, 255, 255, 255, 255, 255, 255);
		BigInteger largest = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
		assertThat(PythonBuffer.wrap(PythonElementType.UINT64, ones, 1).get(0)).isEqualTo(largest);
		assertThat(PythonBuffer.wrap(PythonElementType.UINT64, ones, 1).toArray())
			.isEqualTo(new BigInteger[] { largest });
		assertThat(PythonBuffer.wrap(PythonElementType.UINT32, ones, 2).get(0)).isEqualTo(4294967295L);
		assertThat(PythonBuffer.wrap(PythonElementType.UINT16, ones, 4).get(0)).isEqualTo(65535L);
		assertThat(PythonBuffer.wrap(PythonElementType.INT64, ones, 1).get(0)).isEqualTo(-1L);
	}

	@ParameterizedTest
	@CsvSource({ "0x0000, 0.0", "0x8000, -0.0", "0x3c00, 1.0", "0xc000, -2.0", "0x7bff, 65504.0", "0x0400, 0x1p-14",
			"0x0001, 0x1p-24", "0x83ff, -0x1.ff8p-15", "0x7c00, Infinity", "0xfc00, -Infinity", "0x7e00, NaN",
			"0x3555, 0.333251953125" })
	void halfFloatsAreExact(String bits, String expected) {
		int value = Integer.decode(bits);
		PythonBuffer buffer = PythonBuffer.wrap(PythonElementType.FLOAT16, bytes(value & 0xff, value >> 8), 1);
		assertThat(buffer.get(0)).isEqualTo(Double.valueOf(expected));
	}

	@Test
	void shapeMustFitTheBytes() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> PythonBuffer.wrap(PythonElementType.INT32, bytes(1, 2, 3, 4), 2))
			.withMessageContaining("4 bytes are not those of INT32 of shape [2]");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> PythonBuffer.wrap(PythonElementType.INT8, bytes(1), -1, -1));
		assertThatIllegalArgumentException().isThrownBy(() -> PythonBuffer.wrap(PythonElementType.INT8, bytes(),
				Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> PythonBuffer.wrap(PythonElementType.INT8, bytes(1), new int[65]));
	}

	@Test
	void malformedBuffersAreRefused() {
		int y = 'Y';
		for (ByteBuffer malformed : List.of(bytes(y), bytes(y, 'd'), bytes(y, 'x', 0, 0, 0, 0, 0),
				bytes(y, 200, 0, 0, 0, 0, 0), bytes(y, 'B', 65), bytes(y, 'B', 255),
				bytes(y, 'B', 1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 7, 7),
				bytes(y, 'B', 1, 1, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 7),
				bytes(y, 'B', 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
				bytes(y, 'B', 1, 1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 7), bytes(y, 'd', 0, 1, 0, 0, 0, 7))) {
			malformed.order(ByteOrder.LITTLE_ENDIAN);
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> new WireDecoder(malformed, 0, malformed.limit()).read());
		}
		ByteBuffer good = bytes(y, 'B', 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 7).order(ByteOrder.LITTLE_ENDIAN);
		assertThat(new WireDecoder(good, 0, good.limit()).read())
			.isEqualTo(PythonBuffer.wrap(PythonElementType.UINT8, bytes(7), 1));
	}

}
