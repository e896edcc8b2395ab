package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class MainModeBufferTests extends BufferTests {

	@Override
	PoolOptions options() {
		return super.options().withMode(PythonMode.MAIN);
	}

}
