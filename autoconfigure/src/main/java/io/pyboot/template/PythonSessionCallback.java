package io.pyboot.template;

import org.jspecify.annotations.Nullable;

/**
 * Work with a {@link PythonSessionOperations session}.
 *
 * @param <T> type of the result
 */
@FunctionalInterface
public interface PythonSessionCallback<T> {

	/**
	 * Runs on the thread that called {@link PythonOperations#execute}.
	 * @param session open until this method returns
	 */
	@Nullable T doInSession(PythonSessionOperations session);

}
