package io.pyboot.sample;

import io.pyboot.sample.weather.Summary;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A computation that takes longer than the desk allows.
 */
@TestPropertySource(properties = "weather.timeout=1s")
class DeadlineIntegrationTests extends AbstractDeskIntegrationTests {

	@Test
	void lateComputationIsGivenUpAndTheNextRequestIsAnswered() {
		this.client.get()
			.uri("/api/weather/bootstrap?resamples=100000&block_days=1")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.GATEWAY_TIMEOUT)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(get(Summary.class, "/api/weather/summary").days()).isEqualTo(1461);
	}

}
