package io.pyboot.context;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.Pointer;
import io.pyboot.PythonCallException;
import io.pyboot.PythonCallException.Frame;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.PythonExitException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.Journeys;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Turns a reply of libpyboot into a value, or throws what it says. The kinds of replies
 * are those of {@code pb_reply} in pb_context.h.
 */
public final class ReplyReader {

	private static final int VALUE = 0;

	private static final int RAISED = 1;

	private static final int RAISED_PLAIN = 2;

	private static final int UNCONVERTIBLE = 3;

	private static final int MALFORMED = 4;

	private static final int STOPPED = 5;

	private static final String INTERRUPTED = "pyboot.RequestInterrupted";

	private ReplyReader() {
	}

	/**
	 * Reads the reply that a native function left in the buffer.
	 * @param length what the function returned: a length, or {@link LibPyboot#LARGE}
	 * @throws RequestNotRunException if the context ended before the request's turn
	 */
	public static @Nullable Object read(WireBuffer buffer, long length) {
		if (length >= 0) {
			return read(buffer.memory(), 0, (int) length);
		}
		if (length == LibPyboot.LARGE) {
			return readLarge(buffer.memory().getLong(0), buffer.memory().getLong(8));
		}
		throw new PythonContextLostException(
				(length == LibPyboot.NO_MEMORY) ? "No native memory was left for the request" : "The context is gone");
	}

	/**
	 * Reads a reply from memory that libpyboot allocated, and frees it.
	 */
	public static @Nullable Object readLarge(long address, long length) {
		if (address == 0) {
			throw new PythonContextLostException("No native memory was left for the answer");
		}
		try {
			return read(new Pointer(address).getByteBuffer(0, length).order(ByteOrder.LITTLE_ENDIAN), 0, (int) length);
		}
		finally {
			LibPyboot.pb_free(address);
		}
	}

	/**
	 * Reads a reply.
	 */
	public static @Nullable Object read(ByteBuffer memory, int start, int length) {
		if (length == 0) {
			throw new PythonContextLostException("No native memory was left for the answer");
		}
		Journeys journeys = Journeys.of(memory, start, start + length);
		if (journeys == null) {
			return read(new WireDecoder(memory, start, start + length));
		}
		try {
			return read(new WireDecoder(memory, start, journeys.valuesEnd()));
		}
		finally {
			journeys.release();
		}
	}

	private static @Nullable Object read(WireDecoder decoder) {
		int kind = Journeys.kind(decoder.readByte());
		if (kind == VALUE) {
			return decoder.read();
		}
		throw failure(kind, decoder);
	}

	private static PythonException failure(int kind, WireDecoder decoder) {
		return switch (kind) {
			case RAISED -> raised(decoder);
			case RAISED_PLAIN -> {
				String type = String.valueOf(text(decoder.read()));
				String message = String.valueOf(text(decoder.read()));
				yield new PythonCallException(type, message, type + ": " + message, List.of(), List.of(), null);
			}
			case UNCONVERTIBLE -> {
				Object message = decoder.read();
				yield new PythonConversionException(message + ", at result" + decoder.read());
			}
			case MALFORMED -> new PythonConversionException("The arguments cannot cross: " + decoder.read());
			case STOPPED -> new RequestNotRunException();
			default -> new PythonConversionException("The answer is malformed: unknown kind " + kind);
		};
	}

	private static Object text(@Nullable Object value) {
		return (value != null) ? value : "";
	}

	private static PythonException raised(WireDecoder decoder) {
		try {
			return raised((List<?>) text(decoder.read()));
		}
		catch (ClassCastException | IndexOutOfBoundsException ex) {
			return new PythonCallException("BaseException", "an exception whose description is malformed", "",
					List.of(), List.of(), ex);
		}
	}

	/** The tuple that {@code describe} in pyboot._engine makes. */
	private static PythonException raised(List<?> described) {
		String type = (String) text(described.get(0));
		String message = (String) text(described.get(1));
		String traceback = (String) text(described.get(2));
		List<String> notes = new ArrayList<>();
		for (Object note : (List<?>) text(described.get(3))) {
			notes.add((String) text(note));
		}
		Object cause = described.get(5);
		PythonException raisedFrom = (cause != null) ? raised((List<?>) cause) : null;
		// What Java threw is the cause itself; what it was raised from in Python stands
		// beside it.
		Throwable thrown = (described.get(8) instanceof Throwable throwable) ? throwable : null;
		Throwable causeException = (thrown != null) ? thrown : raisedFrom;
		Object exitCode = described.get(7);
		List<Frame> frames = frames((List<?>) text(described.get(4)));
		PythonCallException exception = (exitCode != null)
				? new PythonExitException(((Long) exitCode).intValue(), type, message, traceback, notes, frames,
						causeException)
				: new PythonCallException(type, message, traceback, notes, frames, causeException);
		if (thrown != null && raisedFrom != null) {
			exception.addSuppressed(raisedFrom);
		}
		for (Object member : (List<?>) text(described.get(6))) {
			exception.addSuppressed(raised((List<?>) text(member)));
		}
		return type.equals(INTERRUPTED) ? new PythonCancelledException(message, exception) : exception;
	}

	private static List<Frame> frames(List<?> described) {
		List<Frame> frames = new ArrayList<>(described.size());
		for (Object each : described) {
			List<?> frame = (List<?>) text(each);
			frames.add(new Frame((String) text(frame.get(0)), (String) text(frame.get(1)), (String) text(frame.get(2)),
					((Long) text(frame.get(3))).intValue()));
		}
		return frames;
	}

}
