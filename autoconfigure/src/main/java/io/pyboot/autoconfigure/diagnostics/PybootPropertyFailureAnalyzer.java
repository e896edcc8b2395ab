package io.pyboot.autoconfigure.diagnostics;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a refused value of a property of Pyboot. Boot has an analyzer for these, which
 * adds where the value comes from, but does not find properties given as environment
 * variables or lists; those are explained here.
 */
class PybootPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure,
			InvalidConfigurationPropertyValueException cause) {
		if (!cause.getName().startsWith("pyboot.")) {
			return null;
		}
		return new FailureAnalysis("The value '%s' of the property '%s' is invalid: %s".formatted(cause.getValue(),
				cause.getName(), cause.getReason()), "Correct the property '%s'.".formatted(cause.getName()), cause);
	}

}
