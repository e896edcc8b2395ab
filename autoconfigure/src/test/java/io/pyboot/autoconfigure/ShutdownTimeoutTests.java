package io.pyboot.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ShutdownTimeout}.
 */
class ShutdownTimeoutTests {

	private static final Duration PHASE = Duration.ofSeconds(30);

	@Test
	void defaultIsWithinThePhase() {
		assertThat(ShutdownTimeout.of(null, PHASE)).isEqualTo(Duration.ofSeconds(25));
		assertThat(ShutdownTimeout.of(null, Duration.ofSeconds(6))).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void configuredTimeIsTaken() {
		assertThat(ShutdownTimeout.of(Duration.ZERO, PHASE)).isZero();
	}

	@Test
	void negativeTimeIsRefused() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> ShutdownTimeout.of(Duration.ofSeconds(-1), PHASE))
			.withMessageContaining("pyboot.shutdown.timeout");
	}

}
