package io.pyboot.callback;

/**
 * What {@code pyboot.JavaRef} asks of the object that it stands for.
 */
final class JavaRefCallbacks {

	private JavaRefCallbacks() {
	}

	static void register(CallbackRegistry registry) {
		registry.registerInternal("pyboot.ref.equals",
				(arguments, keywords) -> arguments.get(0).equals(arguments.get(1)));
		registry.registerInternal("pyboot.ref.hash", (arguments, keywords) -> arguments.get(0).hashCode());
		registry.registerInternal("pyboot.ref.class", (arguments, keywords) -> arguments.get(0).getClass().getName());
	}

}
