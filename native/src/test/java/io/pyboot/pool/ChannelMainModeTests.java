package io.pyboot.pool;

/**
 * The same in the main interpreter.
 */
class ChannelMainModeTests extends ChannelTests {

	@Override
	PythonMode mode() {
		return PythonMode.MAIN;
	}

}
