package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeTypeTests extends TypeTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
