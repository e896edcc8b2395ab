package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeDeadlineTests extends DeadlineTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
