package io.pyboot.pool;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

import org.jspecify.annotations.Nullable;

/**
 * Tells virtual threads (JEP 444, since JDK 21) from platform threads on a Java 17
 * baseline.
 */
final class VirtualThreads {

	/**
	 * A constant, so that the call is as cheap as a direct one; {@code null} before JDK
	 * 21.
	 */
	private static final @Nullable MethodHandle IS_VIRTUAL = find();

	private VirtualThreads() {
	}

	private static @Nullable MethodHandle find() {
		try {
			return MethodHandles.publicLookup()
				.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
		}
		catch (NoSuchMethodException | IllegalAccessException ex) {
			return null; // a JDK without virtual threads
		}
	}

	static boolean isCurrent() {
		if (IS_VIRTUAL == null) {
			return false;
		}
		try {
			return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex); // isVirtual() throws nothing
		}
	}

}
