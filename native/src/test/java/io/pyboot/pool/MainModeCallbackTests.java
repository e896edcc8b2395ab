package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeCallbackTests extends CallbackTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
