package io.pyboot.template;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A namespace of its own in one context.
 */
public interface PythonSessionOperations {

	/**
	 * Executes statements; names they bind stay in the session.
	 */
	void exec(String source);

	/**
	 * Binds the variables in the session, then executes statements.
	 */
	void exec(String source, Map<String, ? extends @Nullable Object> variables);

	/**
	 * Evaluates an expression in the session.
	 */
	@Nullable Object eval(String expression);

	/**
	 * Evaluates an expression in the session and converts its value.
	 */
	<T> @Nullable T eval(String expression, Class<T> resultType);

	/**
	 * Calls a function that the session defined or imported.
	 * @param function a name in the session, dots allowed ({@code json.dumps})
	 */
	<T> @Nullable T call(String function, Class<T> resultType, @Nullable Object... arguments);

}
