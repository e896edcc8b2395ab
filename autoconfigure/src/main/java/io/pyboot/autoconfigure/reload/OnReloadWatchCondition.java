package io.pyboot.autoconfigure.reload;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;

/**
 * Matches if {@code pyboot.reload.watch} says so, or is silent and
 * {@code spring-boot-devtools} is on the class path. Packaged applications do not have
 * it, unless they were told to.
 */
final class OnReloadWatchCondition extends AnyNestedCondition {

	OnReloadWatchCondition() {
		super(ConfigurationPhase.PARSE_CONFIGURATION);
	}

	@ConditionalOnBooleanProperty("pyboot.reload.watch")
	static class Configured {

	}

	@ConditionalOnBooleanProperty(name = "pyboot.reload.watch", matchIfMissing = true)
	@ConditionalOnClass(name = "org.springframework.boot.devtools.restart.Restarter")
	static class WithDevtools {

	}

}
