package io.pyboot.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.pyboot.sample.weather.DatasetInfo;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

/**
 * The application with the real Python, asked over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
abstract class AbstractDeskIntegrationTests {

	static final MediaType CSV = MediaType.parseMediaType("text/csv");

	static final String HEADER = "date,precipitation,temp_max,temp_min,wind,weather\n";

	@LocalServerPort
	int port;

	RestTestClient client = RestTestClient.bindToServer().build();

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + this.port).build();
	}

	<T> T get(Class<T> type, String uri, Object... variables) {
		T body = this.client.get()
			.uri(uri, variables)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(type)
			.returnResult()
			.getResponseBody();
		if (body == null) {
			throw new AssertionError("No body: " + uri);
		}
		return body;
	}

	DatasetInfo upload(String name, String csv) {
		EntityExchangeResult<DatasetInfo> result = this.client.post()
			.uri("/api/weather/datasets?name={name}", name)
			.contentType(CSV)
			.body(csv.getBytes(StandardCharsets.UTF_8))
			.exchange()
			.expectStatus()
			.isCreated()
			.expectBody(DatasetInfo.class)
			.returnResult();
		DatasetInfo info = result.getResponseBody();
		if (info == null) {
			throw new AssertionError("No body");
		}
		return info;
	}

	static String seattle() {
		try {
			return new ClassPathResource("data/seattle-weather.csv").getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
