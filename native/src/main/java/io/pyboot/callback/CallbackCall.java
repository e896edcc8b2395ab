package io.pyboot.callback;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.JavaRef;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.codec.Journeys;
import io.pyboot.codec.WireDecoder;
import io.pyboot.codec.WireEncoder;
import org.jspecify.annotations.Nullable;

/**
 * One call of a callback: reads its message, runs it and writes the answer. The formats
 * are those of pb_callback.c.
 */
public final class CallbackCall {

	private static final int VALUE = 0;

	private static final int RAISED = 1;

	private static final int UNKNOWN = 2;

	private static final int UNSUITABLE = 3;

	private static final int MAX_STACK = 1 << 16;

	private final CallbackRegistry registry;

	private final int number;

	private final @Nullable Object[] arguments;

	private final Map<String, @Nullable Object> keywords;

	/** Whether objects that stay on their side are among the arguments. */
	private boolean holdsReferences;

	/** What it gave, once it has run. */
	private @Nullable Object result;

	/** What it threw, or why the message could not be read. */
	private @Nullable Throwable failure;

	/** The name that is not registered. */
	private @Nullable String unknown;

	private CallbackCall(CallbackRegistry registry, int number, @Nullable Object[] arguments,
			Map<String, @Nullable Object> keywords, @Nullable PythonException failure) {
		this.registry = registry;
		this.number = number;
		this.arguments = arguments;
		this.keywords = keywords;
		this.failure = failure;
	}

	/**
	 * Reads a message. Does not throw: what is wrong with it becomes the answer.
	 * @param memory little-endian; not used any more afterwards
	 */
	public static CallbackCall read(CallbackRegistry registry, ByteBuffer memory, int start, int end) {
		Journeys journeys = Journeys.of(memory, start, end);
		if (journeys == null) {
			return read(registry, new WireDecoder(memory, start, end));
		}
		try {
			CallbackCall call = read(registry, new WireDecoder(memory, start, journeys.valuesEnd()));
			call.holdsReferences = true;
			return call;
		}
		finally {
			journeys.release();
		}
	}

	private static CallbackCall read(CallbackRegistry registry, WireDecoder decoder) {
		int number = -1;
		try {
			decoder.readByte();
			number = decoder.readInt();
			int positional = decoder.readInt();
			int named = decoder.readInt();
			@Nullable Object[] arguments = decoder.readArguments(positional);
			Map<String, @Nullable Object> keywords = (named == 0) ? Map.of() : new LinkedHashMap<>();
			for (int i = 0; i < named; i++) {
				String name = String.valueOf(decoder.read("kwargs"));
				keywords.put(name, decoder.read("kwargs['" + name + "']"));
			}
			return new CallbackCall(registry, number, arguments, keywords, null);
		}
		catch (PythonException ex) {
			return new CallbackCall(registry, number, new Object[0], Map.of(), ex);
		}
	}

	/**
	 * Runs the callback. Does not throw, whatever the callback does.
	 */
	public void run() {
		if (this.failure != null) {
			return;
		}
		try {
			this.result = (this.number == CallbackNumbers.RESOLVE) ? resolve()
					: (this.number == CallbackNumbers.NAMES) ? this.registry.names() : call();
		}
		catch (Throwable ex) {
			this.failure = ex;
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private @Nullable Object call() throws Throwable {
		PythonCallback callback = this.registry.find(this.number);
		if (callback == null) {
			this.unknown = String.valueOf(CallbackNumbers.name(this.number));
			return null;
		}
		if (this.holdsReferences && callback instanceof ValueCallback) {
			throw new CallbackArgumentException("a JavaRef or a pyboot.handle cannot be stored: store a value");
		}
		return callback.call((this.arguments.length == 0) ? Collections.emptyList() : Arrays.asList(this.arguments),
				this.keywords);
	}

	private @Nullable Object resolve() {
		String name = String.valueOf(this.arguments[0]);
		if (this.registry.contains(name)) {
			return CallbackNumbers.of(name);
		}
		this.unknown = name;
		return null;
	}

	/**
	 * Writes the answer.
	 * @param encoder where to write; its first bytes, if any, are left as they are
	 */
	public void answer(WireEncoder encoder) {
		int start = encoder.length();
		try {
			writeAnswer(encoder, start);
		}
		catch (RuntimeException | Error ex) {
			encoder.discard();
			throw ex;
		}
	}

	private void writeAnswer(WireEncoder encoder, int start) {
		if (this.failure == null) {
			try {
				encoder.writeByte((this.unknown != null) ? UNKNOWN : VALUE);
				encoder.write((this.unknown != null) ? Arrays.asList(this.unknown, this.registry.names()) : this.result,
						"result of the callback");
				encoder.finish(start);
				return;
			}
			catch (PythonException | IllegalStateException ex) { // or a handle that was
																	// closed
				encoder.truncate(start);
				this.failure = ex;
			}
		}
		boolean unsuitable = this.failure instanceof CallbackArgumentException;
		encoder.writeByte(unsuitable ? UNSUITABLE : RAISED);
		encoder.write(unsuitable ? text(this.failure) : describe(this.failure), "error");
		encoder.finish(start);
	}

	/** Nobody waited for the answer any more. */
	public void undelivered() {
		if (this.result instanceof Undelivered result) {
			result.undelivered();
		}
	}

	/**
	 * Whether the answer is no value of the callback's.
	 */
	public boolean hasFailed() {
		return this.failure != null || this.unknown != null;
	}

	/** Class, message, stack and the exception itself, as pyboot.JavaError holds them. */
	private static List<@Nullable Object> describe(Throwable failure) {
		return Arrays.asList(failure.getClass().getName(), text(failure), stack(failure), JavaRef.of(failure));
	}

	private static @Nullable String text(Throwable failure) {
		try {
			return failure.getMessage();
		}
		catch (RuntimeException ex) {
			return "<its getMessage() threw " + ex.getClass().getName() + ">";
		}
	}

	private static String stack(Throwable failure) {
		StringWriter text = new StringWriter();
		try {
			failure.printStackTrace(new PrintWriter(text));
		}
		catch (RuntimeException | StackOverflowError ex) {
			text.write("<its stack trace could not be printed: " + ex.getClass().getName() + ">");
		}
		return (text.getBuffer().length() > MAX_STACK) ? text.getBuffer().substring(0, MAX_STACK) : text.toString();
	}

}
