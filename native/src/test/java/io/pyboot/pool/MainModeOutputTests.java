package io.pyboot.pool;

/**
 * The same in the main interpreter, whose contexts share the streams.
 */
class MainModeOutputTests extends OutputTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
