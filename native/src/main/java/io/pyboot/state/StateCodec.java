package io.pyboot.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.UnaryOperator;

import io.pyboot.codec.CodecLimits;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireDecoder;
import io.pyboot.codec.WireEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Values as bytes, in the wire format. They outlive contexts and processes, so objects
 * that stay on their side are refused.
 */
final class StateCodec {

	private final @Nullable UnaryOperator<Object> converter;

	StateCodec(@Nullable UnaryOperator<Object> converter) {
		this.converter = converter;
	}

	byte[] encode(String key, @Nullable Object value) {
		WireBuffer buffer = WireBuffer.acquireShared();
		try {
			WireEncoder encoder = WireEncoder.ofStored(buffer, CodecLimits.DEFAULT, this.converter);
			encoder.write(value, "shared state['" + key + "']");
			byte[] bytes = new byte[encoder.length()];
			buffer.memory().get(0, bytes);
			return bytes;
		}
		finally {
			buffer.release();
		}
	}

	@Nullable Object decode(byte[] bytes) {
		ByteBuffer memory = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
		return new WireDecoder(memory, 0, bytes.length).read();
	}

}
