package io.pyboot.sample;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.MediaType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Parameters outside of their bounds never reach Python.
 */
class ParametersIntegrationTests extends AbstractDeskIntegrationTests {

	@ParameterizedTest
	@CsvSource({ "bootstrap?resamples=99,resamples", "bootstrap?resamples=100001,resamples",
			"bootstrap?block_days=0,block_days", "bootstrap?block_days=366,block_days", "bootstrap?level=1,level",
			"bootstrap?level=NaN,level", "extremes?count=0,count", "extremes?count=101,count",
			"forecast?neighbours=0,neighbours", "tomorrow?neighbours=201,neighbours" })
	void parameterOutOfBoundsIsNamed(String request, String parameter) {
		this.client.get()
			.uri("/api/weather/" + request)
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).startsWith(parameter + " must be"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "bootstrap?seed=x", "extremes?count=1.5", "forecast?neighbours=99999999999" })
	void parameterOfTheWrongTypeIsRefused(String request) {
		this.client.get().uri("/api/weather/" + request).exchange().expectStatus().isBadRequest();
	}

	@ParameterizedTest
	@ValueSource(strings = { "summary", "months", "climate", "extremes", "trend", "forecast", "tomorrow", "bootstrap" })
	void unknownDatasetIsNotFound(String name) {
		this.client.get()
			.uri("/api/weather/{name}?dataset=nowhere", name)
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

}
