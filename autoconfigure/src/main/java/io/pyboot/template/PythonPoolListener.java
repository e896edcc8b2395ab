package io.pyboot.template;

import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;

/**
 * Told of each pool that opens, before it serves its first request. Beans of this type
 * are found by the auto-configuration.
 */
@FunctionalInterface
public interface PythonPoolListener {

	/**
	 * A pool has been opened. An exception ends the start of the application.
	 * @param pool the pool, in the state {@code RUNNING}
	 * @param runtime what it stands on
	 */
	void opened(PythonPool pool, PythonRuntime runtime);

}
