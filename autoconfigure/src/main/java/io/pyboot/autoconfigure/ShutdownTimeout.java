package io.pyboot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How long the pools may take to stop.
 */
final class ShutdownTimeout {

	private ShutdownTimeout() {
	}

	/**
	 * The configured time, else a part of what Spring grants a phase, so that the pools
	 * have interrupted and counted what is left before Spring goes on.
	 */
	static Duration of(@Nullable Duration configured, Duration phaseTimeout) {
		if (configured == null) {
			return phaseTimeout.multipliedBy(5).dividedBy(6);
		}
		if (configured.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("pyboot.shutdown.timeout", configured,
					"it must not be negative");
		}
		return configured;
	}

}
