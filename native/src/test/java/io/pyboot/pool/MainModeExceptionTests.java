package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeExceptionTests extends ExceptionTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
