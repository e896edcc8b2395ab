package io.pyboot.template;

import java.util.Map;

import io.pyboot.pool.PythonRequest;
import io.pyboot.pool.PythonSession;
import io.pyboot.pool.RequestOptions;
import io.pyboot.pool.ResultForm;
import org.jspecify.annotations.Nullable;

/**
 * A session of the engine with conversion of its results.
 *
 * @param session the session; closed with this
 * @param converter converts results to the types asked for
 * @param options options of every request
 */
record DefaultPythonSession(PythonSession session, ResultConverter converter,
		RequestOptions options) implements CloseablePythonSession {

	@Override
	public void exec(String source) {
		exec(source, Map.of());
	}

	@Override
	public void exec(String source, Map<String, ? extends @Nullable Object> variables) {
		this.session.invoke(PythonRequest.exec(source, variables), this.options);
	}

	@Override
	public @Nullable Object eval(String expression) {
		return this.session.invoke(PythonRequest.eval(expression, Map.of()), this.options);
	}

	@Override
	public <T> @Nullable T eval(String expression, Class<T> resultType) {
		return invoke(PythonRequest.eval(expression, Map.of()), resultType);
	}

	@Override
	public <T> @Nullable T call(String function, Class<T> resultType, @Nullable Object... arguments) {
		return invoke(PythonRequest.call(function, Arguments.of(arguments), Map.of()), resultType);
	}

	private <T> @Nullable T invoke(PythonRequest request, Class<T> resultType) {
		return this.converter.convert(this.session.invoke(request.returning(ResultForm.of(resultType)), this.options),
				resultType);
	}

	@Override
	public void close() {
		this.session.close();
	}

}
