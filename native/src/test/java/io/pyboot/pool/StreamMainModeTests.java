package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class StreamMainModeTests extends StreamTests {

	@Override
	PythonMode mode() {
		return PythonMode.MAIN;
	}

}
