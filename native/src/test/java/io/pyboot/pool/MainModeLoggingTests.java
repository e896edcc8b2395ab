package io.pyboot.pool;

/**
 * The same in the main interpreter, where contexts share what is installed.
 */
class MainModeLoggingTests extends LoggingTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
