package io.pyboot;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A Java object that goes to Python as it is: Python code can hold it, compare it and
 * give it back, and nothing else. As an argument, or as the result of a callback, or
 * anywhere within, it arrives as a {@code pyboot.JavaRef}; what comes back from Python is
 * the identical object, without this wrapper. Python's {@code ==} and {@code hash()} are
 * the object's {@code equals} and {@code hashCode}.
 * <p>
 * Python keeps the object reachable until it drops its {@code JavaRef}.
 */
public final class JavaRef {

	private final Object object;

	private JavaRef(Object object) {
		this.object = object;
	}

	/**
	 * Marks an object to be handed over as it is.
	 * @param object any object, also one that would convert; not {@code null}
	 */
	public static JavaRef of(Object object) {
		return new JavaRef(Objects.requireNonNull(object, "object"));
	}

	/**
	 * The object.
	 */
	public Object get() {
		return this.object;
	}

	/**
	 * Whether the other one stands for the identical object.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof JavaRef ref && ref.object == this.object;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this.object);
	}

	@Override
	public String toString() {
		return "JavaRef[" + this.object.getClass().getName() + "]";
	}

}
