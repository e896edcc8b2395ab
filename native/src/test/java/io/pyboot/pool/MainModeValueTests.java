package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeValueTests extends ValueTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
