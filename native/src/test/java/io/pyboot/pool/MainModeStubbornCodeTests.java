package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeStubbornCodeTests extends StubbornCodeTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
