package io.pyboot.pool;

/**
 * What a context of a pool is.
 */
public enum PythonMode {

	/** The first of the others that the found CPython supports well. */
	AUTO,
	/** An own-GIL subinterpreter (PEP 684): parallel on every core. */
	SUBINTERPRETER,
	/**
	 * A thread with a namespace of its own in the main interpreter: for packages that
	 * refuse subinterpreters, such as numpy. Parallel on free-threaded builds only.
	 */
	MAIN

}
