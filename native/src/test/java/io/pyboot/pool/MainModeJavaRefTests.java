package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeJavaRefTests extends JavaRefTests {

	@Override
	PythonMode mode() {
		return PythonMode.MAIN;
	}

}
