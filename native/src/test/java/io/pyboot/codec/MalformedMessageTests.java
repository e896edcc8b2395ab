package io.pyboot.codec;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.management.ThreadMXBean;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.callback.CallbackCall;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.context.ReplyReader;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whatever bytes the readers of Java get, they give a value or a named exception, within
 * memory that the size of the message bounds.
 */
class MalformedMessageTests {

	private static final long SLACK = 1 << 20;

	private static final long BYTES_PER_BYTE = 200;

	private static final List<String> LEVELS = List.of("[\1\0\0\0", "(\1\0\0\0", "{\1\0\0\0N", "S\1\0\0\0", "Z\1\0\0\0",
			"XE\3\0\0\0");

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Provide
	static Arbitrary<byte[]> messages() {
		return Arbitraries.oneOf(WireMessages.damaged(WireMessages.any(3)),
				Arbitraries.bytes().array(byte[].class).ofMaxSize(40));
	}

	@Provide
	static Arbitrary<byte[]> replies() {
		Arbitrary<byte[]> contents = Arbitraries.oneOf(WireMessages.damaged(WireMessages.exceptions()), messages());
		return Combinators
			.combine(Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(8, Arbitraries.integers().between(0, 7)),
					net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, 255))), contents, contents)
			.as((kind, first, second) -> WireMessages.join(new byte[] { kind.byteValue() }, first, second));
	}

	@Provide
	static Arbitrary<byte[]> callbacks() {
		Arbitrary<Integer> counts = Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(5, Arbitraries.of(0, 1, 2)),
				net.jqwik.api.Tuple.of(1, Arbitraries.integers()));
		Arbitrary<byte[]> heads = Combinators.combine(counts, counts, counts)
			.as((number, positional, named) -> WireMessages.join(WireMessages.count(number),
					WireMessages.count(positional), WireMessages.count(named)));
		return Combinators.combine(heads, messages(), messages(), Arbitraries.integers().between(0, 100))
			.as((head, first, second, cut) -> {
				byte[] message = WireMessages.join(head, first, second);
				return (cut < 14) ? java.util.Arrays.copyOf(message, Math.min(cut, message.length)) : message;
			});
	}

	@Property(edgeCases = EdgeCasesMode.NONE)
	void messageIsAValueOrANamedException(@ForAll("messages") byte[] message) {
		withinBounds(message, (memory) -> {
			try {
				new WireDecoder(memory, 0, message.length).read();
			}
			catch (PythonConversionException ex) {
				assertThat(ex.getMessage()).contains(", at result");
			}
			catch (PythonContextLostException ex) {
				assertThat(ex.getMessage()).contains("was lost on its way");
			}
		});
	}

	@Property(edgeCases = EdgeCasesMode.NONE)
	void replyIsAValueOrAPythonException(@ForAll("replies") byte[] reply) {
		withinBounds(reply, (memory) -> {
			try {
				ReplyReader.read(memory, 0, reply.length);
			}
			catch (PythonException ex) {
				assertThat(ex.getMessage()).isNotNull();
			}
		});
	}

	@Property(edgeCases = EdgeCasesMode.NONE)
	void callbackIsReadWithoutAnException(@ForAll("callbacks") byte[] message) {
		withinBounds(message, (memory) -> {
			CallbackCall call = CallbackCall.read(new CallbackRegistry(), memory, 0, message.length);
			call.run();
		});
	}

	@Example
	void countsWithinEachOtherDoNotEachClaimAllThatIsLeft() {
		for (char tag : "[({SZ".toCharArray()) {
			int size = 100_000;
			int pair = (tag == '{') ? 2 : 1;
			ByteBuffer memory = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
			for (int level = 0; level < 900; level++) {
				memory.put((byte) tag).putInt((size - 5 * (level + 1)) / pair);
				if (tag == '{') {
					memory.put((byte) 'N');
				}
			}
			while (memory.hasRemaining()) {
				memory.put((byte) 'N');
			}
			withinBounds(memory,
					(message) -> assertThatExceptionOfType(PythonConversionException.class)
						.isThrownBy(() -> new WireDecoder(message, 0, size).read())
						.withMessageContaining("a count is past its end"));
		}
	}

	@Example
	void nestingAsDeepAsItMayBeNeedsNoLargeStack() throws InterruptedException {
		for (String level : LEVELS) {
			assertThat(readDeep(level, 2 << 20)).as(level).isNull();
		}
	}

	@Example
	void nestingTooDeepForTheStackOfTheThreadIsNamed() throws InterruptedException {
		for (String level : LEVELS) {
			assertThat(readDeep(level, 180 << 10)).as(level)
				.isInstanceOf(PythonConversionException.class)
				.hasMessage("containers are nested too deep for the stack of the thread 'deep', at result");
		}
	}

	/**
	 * Reads a message of 900 levels on a thread with the stack; gives what was thrown.
	 */
	private static @Nullable Throwable readDeep(String level, long stack) throws InterruptedException {
		String ends = level.startsWith("XE") ? "a\1Aa\1E" : "";
		byte[] message = WireMessages.latin1(level.repeat(900) + "N" + ends.repeat(900));
		AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
		Thread thread = new Thread(null, () -> new WireDecoder(memory(message), 0, message.length).read(), "deep",
				stack);
		thread.setUncaughtExceptionHandler((dead, ex) -> thrown.set(ex));
		thread.start();
		thread.join();
		return thrown.get();
	}

	@Example
	void nestingWithoutEndIsNamed() {
		for (String level : List.of("[\1\0\0\0", "(\1\0\0\0", "{\1\0\0\0N", "S\1\0\0\0", "Z\1\0\0\0", "XE\3\0\0\0",
				"XK\1\0\0\0")) {
			byte[] message = WireMessages.latin1(level.repeat(100_000) + "NNNNN");
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> new WireDecoder(memory(message), 0, message.length).read())
				.withMessageMatching("(?s).*(deeper than 1000|too deep for the stack|past its end|too early).*");
		}
	}

	@Example
	void hugeRangeIsNoKey() {
		byte[] range = WireMessages.join(WireMessages.latin1("XG"), WireMessages.count(3),
				WireMessages.latin1("b\0l\377\377\377\177\0\0\0\0b\1"));
		assertThat((List<?>) new WireDecoder(memory(range), 0, range.length).read()).hasSize(Integer.MAX_VALUE);
		byte[] set = WireMessages.join(WireMessages.head('S', 1), range);
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> new WireDecoder(memory(set), 0, set.length).read())
			.withMessageContaining("a Python range of 2147483647 numbers cannot be a key or in a set");
	}

	private static void withinBounds(byte[] message, Reader reader) {
		withinBounds(memory(message), reader);
	}

	/** A second time, if classes were loaded at the first. */
	private static void withinBounds(ByteBuffer message, Reader reader) {
		long bound = SLACK + BYTES_PER_BYTE * message.capacity();
		long used = allocated(message, reader);
		if (used >= bound) {
			used = allocated(message, reader);
		}
		assertThat(used).as("bytes of memory for a message of %d", message.capacity()).isLessThan(bound);
	}

	private static long allocated(ByteBuffer message, Reader reader) {
		long before = THREADS.getCurrentThreadAllocatedBytes();
		reader.read(message);
		return THREADS.getCurrentThreadAllocatedBytes() - before;
	}

	/** Of exactly the message's size: reading past it is an IndexOutOfBoundsException. */
	private static ByteBuffer memory(byte[] message) {
		return ByteBuffer.allocateDirect(message.length).order(ByteOrder.LITTLE_ENDIAN).put(0, message);
	}

	private interface Reader {

		void read(ByteBuffer message);

	}

}
