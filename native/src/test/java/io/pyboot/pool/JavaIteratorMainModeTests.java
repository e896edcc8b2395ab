package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class JavaIteratorMainModeTests extends JavaIteratorTests {

	@Override
	PythonMode mode() {
		return PythonMode.MAIN;
	}

}
