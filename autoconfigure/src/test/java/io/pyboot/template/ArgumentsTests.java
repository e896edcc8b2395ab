package io.pyboot.template;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Arguments}.
 */
class ArgumentsTests {

	@Test
	void loneNullIsOneArgument() {
		assertThat(Arguments.of(null)).containsExactly((Object) null);
	}

	@Test
	void argumentsAreNotCopied() {
		Object[] arguments = { 1, null };
		assertThat(Arguments.of(arguments)).isSameAs(arguments);
	}

}
