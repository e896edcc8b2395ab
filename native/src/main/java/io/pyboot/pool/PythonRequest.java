package io.pyboot.pool;

import java.util.Map;

import io.pyboot.codec.WireEncoder;
import io.pyboot.context.FunctionNumbers;
import org.jspecify.annotations.Nullable;

/**
 * One unit of work. Immutable; the values in it are read when it is submitted.
 */
public sealed interface PythonRequest {

	/** What it does. */
	RequestKind kind();

	/**
	 * Writes it as pb_exec.c reads it.
	 * @param session number of the session whose namespace is used, 0 for that of the
	 * context
	 * @throws io.pyboot.PythonConversionException if a value cannot cross
	 */
	void encode(WireEncoder encoder, long session);

	/** Names it in errors and logs, without its values. */
	String describe();

	/**
	 * The same request with a result in another form.
	 */
	default PythonRequest returning(ResultForm form) {
		return (form != ResultForm.VALUE) ? new Returning(this, form) : this;
	}

	/**
	 * Calls a function.
	 * @param function {@code module:qualified.name}, or a name in the session
	 * @param arguments positional arguments
	 * @param keywords keyword arguments
	 */
	static PythonRequest call(String function, @Nullable Object[] arguments,
			Map<String, ? extends @Nullable Object> keywords) {
		return new Call(function, arguments, keywords);
	}

	/**
	 * Evaluates an expression.
	 * @param expression the expression
	 * @param variables names for this evaluation only
	 */
	static PythonRequest eval(String expression, Map<String, ? extends @Nullable Object> variables) {
		return new Source(RequestKind.EVAL, expression, variables);
	}

	/**
	 * Executes statements.
	 * @param source the statements
	 * @param variables bound in the namespace before
	 */
	static PythonRequest exec(String source, Map<String, ? extends @Nullable Object> variables) {
		return new Source(RequestKind.EXEC, source, variables);
	}

	/**
	 * Runs Python's garbage collector; the result is the number of unreachable objects it
	 * found, a {@link Long}.
	 */
	static PythonRequest gc() {
		return new Housekeeping(Operation.GC);
	}

	/** Drops the namespace of the session. */
	static PythonRequest endSession() {
		return new Housekeeping(Operation.SESSION_END);
	}

	/**
	 * Runs a request and keeps an iterator over its result; the result is the id of the
	 * context.
	 * @param stream number of the stream, unique in this process
	 */
	static PythonRequest openStream(long stream, PythonRequest iterable) {
		return new OpenStream(stream, iterable);
	}

	/**
	 * Takes items of a stream; the result is a list of them, and whether there may be
	 * more.
	 * @param most how many at most, 1 or more
	 * @param origin what the stream was made by
	 */
	static PythonRequest nextOfStream(long stream, int most, PythonRequest origin) {
		return new NextOfStream(stream, most, origin);
	}

	/** Closes a stream, if it is there. */
	static PythonRequest closeStream(long stream) {
		return call("pyboot._streams:close", new Object[] { stream }, Map.of());
	}

	/** First byte of a request: {@code pb_op} in pb_context.h. */
	final class Operation {

		private static final int CALL = 1;

		private static final int CALL_NAMED = 2;

		private static final int EVAL = 3;

		private static final int EXEC = 4;

		private static final int GC = 5;

		private static final int SESSION_END = 6;

		private static final int STREAM = 7;

		private static final int STREAM_NEXT = 8;

		private Operation() {
		}

	}

	/** Calls a function. */
	record Call(String function, @Nullable Object[] arguments,
			Map<String, ? extends @Nullable Object> keywords) implements PythonRequest {

		@Override
		public RequestKind kind() {
			return RequestKind.CALL;
		}

		@Override
		public void encode(WireEncoder encoder, long session) {
			int number = (session == 0) ? FunctionNumbers.of(this.function) : FunctionNumbers.NONE;
			if (number >= 0) {
				encoder.writeByte(Operation.CALL);
				encoder.writeLong(session);
				encoder.writeInt(number);
			}
			else {
				encoder.writeByte(Operation.CALL_NAMED);
				encoder.writeLong(session);
				encoder.write(this.function, "function");
			}
			encoder.writeInt(this.arguments.length);
			encoder.writeInt(this.keywords.size());
			encoder.writeArguments(this.arguments);
			if (!this.keywords.isEmpty()) {
				encoder.writeNamed(this.keywords, "kwargs");
			}
		}

		@Override
		public String describe() {
			return "call of " + this.function;
		}

	}

	/** Evaluates or executes source. */
	record Source(RequestKind kind, String source,
			Map<String, ? extends @Nullable Object> variables) implements PythonRequest {

		@Override
		public void encode(WireEncoder encoder, long session) {
			encoder.writeByte((this.kind == RequestKind.EVAL) ? Operation.EVAL : Operation.EXEC);
			encoder.writeLong(session);
			encoder.write(this.source, "source");
			encoder.write(this.variables.isEmpty() ? null : this.variables, "variables");
		}

		@Override
		public String describe() {
			String line = this.source.strip().lines().findFirst().orElse("");
			return ((this.kind == RequestKind.EVAL) ? "eval of '" : "exec of '")
					+ ((line.length() > 60) ? line.substring(0, 57) + "..." : line) + "'";
		}

	}

	/** A request whose result, or its elements, stay in Python. */
	record Returning(PythonRequest request, ResultForm form) implements PythonRequest {

		@Override
		public RequestKind kind() {
			return this.request.kind();
		}

		@Override
		public void encode(WireEncoder encoder, long session) {
			int start = encoder.length();
			this.request.encode(encoder, session);
			encoder.markByte(start, this.form.flag);
		}

		@Override
		public String describe() {
			return this.request.describe();
		}

	}

	/** Runs a request and keeps an iterator over its result. */
	record OpenStream(long stream, PythonRequest iterable) implements PythonRequest {

		@Override
		public RequestKind kind() {
			return this.iterable.kind();
		}

		@Override
		public void encode(WireEncoder encoder, long session) {
			encoder.writeByte(Operation.STREAM);
			encoder.writeLong(session);
			encoder.writeLong(this.stream);
			this.iterable.encode(encoder, session);
		}

		@Override
		public String describe() {
			return this.iterable.describe() + " as a stream";
		}

	}

	/** Takes items of a stream. */
	record NextOfStream(long stream, int most, PythonRequest origin) implements PythonRequest {

		@Override
		public RequestKind kind() {
			return RequestKind.EXEC;
		}

		@Override
		public void encode(WireEncoder encoder, long session) {
			encoder.writeByte(Operation.STREAM_NEXT);
			encoder.writeLong(session);
			encoder.writeLong(this.stream);
			encoder.writeInt(this.most);
		}

		@Override
		public String describe() {
			return "next step of the stream of the " + this.origin.describe();
		}

	}

	/** Work on the context itself. */
	record Housekeeping(int operation) implements PythonRequest {

		@Override
		public RequestKind kind() {
			return RequestKind.EXEC;
		}

		@Override
		public void encode(WireEncoder encoder, long session) {
			encoder.writeByte(this.operation);
			encoder.writeLong(session);
		}

		@Override
		public String describe() {
			return (this.operation == Operation.GC) ? "garbage collection" : "end of a session";
		}

	}

}
