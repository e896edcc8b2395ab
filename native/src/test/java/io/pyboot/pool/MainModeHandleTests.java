package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeHandleTests extends HandleTests {

	@Override
	PythonMode mode() {
		return PythonMode.MAIN;
	}

}
