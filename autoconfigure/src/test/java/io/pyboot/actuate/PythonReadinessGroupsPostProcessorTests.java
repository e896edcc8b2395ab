package io.pyboot.actuate;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PythonReadinessGroupsPostProcessor}.
 */
class PythonReadinessGroupsPostProcessorTests {

	private final HealthEndpointGroup primary = mock(HealthEndpointGroup.class);

	private final HealthEndpointGroup readiness = mock(HealthEndpointGroup.class);

	private final HealthEndpointGroup liveness = mock(HealthEndpointGroup.class);

	private final PythonReadinessGroupsPostProcessor processor = new PythonReadinessGroupsPostProcessor("python");

	@Test
	void readinessHasPythonAsAMember() {
		given(this.readiness.isMember("readinessState")).willReturn(true);
		HealthEndpointGroup group = process().get("readiness");
		assertThat(group.isMember("python")).isTrue();
		assertThat(group.isMember("readinessState")).isTrue();
		assertThat(group.isMember("db")).isFalse();
	}

	@Test
	void everythingElseOfReadinessStays() {
		StatusAggregator aggregator = StatusAggregator.getDefault();
		given(this.readiness.getStatusAggregator()).willReturn(aggregator);
		given(this.readiness.showComponents(SecurityContext.NONE)).willReturn(true);
		HealthEndpointGroup group = process().get("readiness");
		assertThat(group.getStatusAggregator()).isSameAs(aggregator);
		assertThat(group.showComponents(SecurityContext.NONE)).isTrue();
		assertThat(group.showDetails(SecurityContext.NONE)).isFalse();
		assertThat(group.getAdditionalPath()).isNull();
	}

	@Test
	void otherGroupsStay() {
		HealthEndpointGroups groups = process();
		assertThat(groups.getPrimary()).isSameAs(this.primary);
		assertThat(groups.get("liveness")).isSameAs(this.liveness);
		assertThat(groups.getNames()).containsExactlyInAnyOrder("readiness", "liveness");
	}

	@Test
	void withoutReadinessNothingChanges() {
		HealthEndpointGroups groups = HealthEndpointGroups.of(this.primary, Map.of("liveness", this.liveness));
		assertThat(this.processor.postProcessHealthEndpointGroups(groups)).isSameAs(groups);
	}

	private HealthEndpointGroups process() {
		return this.processor.postProcessHealthEndpointGroups(
				HealthEndpointGroups.of(this.primary, Map.of("readiness", this.readiness, "liveness", this.liveness)));
	}

}
