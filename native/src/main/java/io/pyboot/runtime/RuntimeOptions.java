package io.pyboot.runtime;

import io.pyboot.install.PythonSpec;

/**
 * How CPython is started.
 *
 * @param python which CPython to use
 */
public record RuntimeOptions(PythonSpec python) {

	/**
	 * The bundled CPython, or one that is found.
	 */
	public static final RuntimeOptions DEFAULT = new RuntimeOptions(PythonSpec.DEFAULT);

}
