package io.pyboot.autoconfigure.health;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless the application lists what its {@code readiness} group includes.
 */
class OnDefaultReadinessGroupCondition extends SpringBootCondition {

	private static final String PROPERTY = "management.endpoint.health.group.readiness.include";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Default readiness group");
		boolean listed = Binder.get(context.getEnvironment()).bind(PROPERTY, Bindable.setOf(String.class)).isBound();
		return listed ? ConditionOutcome.noMatch(message.because(PROPERTY + " is set"))
				: ConditionOutcome.match(message.because(PROPERTY + " is not set"));
	}

}
