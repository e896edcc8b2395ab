package io.pyboot.callback;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A Java function that Python code calls by its name.
 */
@FunctionalInterface
public interface PythonCallback {

	/**
	 * Runs on the thread that waits for the Python code, if one does, else on an
	 * executor; by several threads at once. It may call Python again.
	 * @param arguments the positional arguments, converted as results are
	 * @param keywords the keyword arguments in the order of the call
	 * @return a value that can be an argument of a Python function, {@code null} for
	 * {@code None}
	 * @throws CallbackArgumentException if the arguments do not suit: a {@code TypeError}
	 * in Python
	 * @throws Throwable anything else arrives as {@code pyboot.JavaError} in Python and,
	 * if that is not caught there, as the cause of the exception in Java
	 */
	@Nullable Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) throws Throwable;

}
