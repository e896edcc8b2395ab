package io.pyboot.template;

import org.jspecify.annotations.Nullable;

/**
 * Positional arguments as Java's variable arguments bring them.
 */
final class Arguments {

	static final @Nullable Object[] NONE = {};

	private Arguments() {
	}

	/**
	 * The array itself. A lone {@code null}, which Java passes in place of the array, is
	 * one argument: {@code None}.
	 */
	static @Nullable Object[] of(@Nullable Object @Nullable [] arguments) {
		return (arguments != null) ? arguments : new @Nullable Object[] { null };
	}

}
