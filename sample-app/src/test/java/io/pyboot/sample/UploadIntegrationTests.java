package io.pyboot.sample;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;

import io.pyboot.sample.weather.DatasetInfo;
import io.pyboot.sample.weather.Summary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Files of one's own, sound and faulty.
 */
class UploadIntegrationTests extends AbstractDeskIntegrationTests {

	@Test
	void soundFileIsAnalysedUnderItsId() {
		String csv = seattle().lines().limit(800).collect(Collectors.joining("\n"));
		DatasetInfo info = upload("Some/where/warm.csv", csv);
		assertThat(info.name()).isEqualTo("warm.csv");
		assertThat(info.days()).isEqualTo(799);
		assertThat(get(Summary.class, "/api/weather/summary?dataset={id}", info.id()).days()).isEqualTo(799);
		assertThat(get(Summary.class, "/api/weather/summary").days()).isEqualTo(1461);
		assertThat(get(DatasetInfo.class, "/api/weather/datasets/{id}", info.id())).isEqualTo(info);
		assertThat(get(DatasetInfo[].class, "/api/weather/datasets")).contains(info)
			.extracting(DatasetInfo::id)
			.startsWith("seattle");
	}

	@Test
	void sameBytesGetTheSameIdByFormAndByBody() {
		String csv = HEADER + "2020-02-29,0,5,1,2,sun\n";
		DatasetInfo byBody = upload("day.csv", csv);
		form(csv.getBytes(StandardCharsets.UTF_8)).expectStatus()
			.isCreated()
			.expectHeader()
			.location("/api/weather/datasets/" + byBody.id())
			.expectBody(DatasetInfo.class)
			.isEqualTo(byBody);
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', textBlock = """
			2012-01-02,0,warm,1,1,sun        | temp_max      | 'warm' is not a number
			2012-01-02,0,2,1,nan,sun         | wind          | 'nan' is not a finite number
			2012-01-02,,2,1,1,sun            | precipitation | the value is missing
			2012-02-30,0,2,1,1,sun           | date          | '2012-02-30' is not a day of the calendar
			02.01.2012,0,2,1,1,sun           | date          | '02.01.2012' is not a date of the form YYYY-MM-DD
			2012-01-01,0,2,1,1,sun           | date          | 2012-01-01 is also in row 2
			2012-01-02,0,2,1,1,hail          | weather       | 'hail' is not one of drizzle, fog, rain, snow, sun
			2012-01-02,0,1,2,1,sun           | temp_min      | 2 is above temp_max, 1
			2012-01-02,-1,2,1,1,sun          | precipitation | -1 is not between 0 and 2000 mm
			""", quoteCharacter = '"')
	void faultyCellIsNamedByRowAndColumn(String row, String column, String message) {
		body((HEADER + "2012-01-01,0,2,1,1,sun\n" + row + "\n").getBytes(StandardCharsets.UTF_8)).expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.row")
			.isEqualTo(3)
			.jsonPath("$.column")
			.isEqualTo(column)
			.jsonPath("$.detail")
			.isEqualTo("row 3, column " + column + ": " + message)
			.jsonPath("$.problems[0].message")
			.isEqualTo(message);
	}

	@Test
	void faultyFormIsRefusedTheSameWay() {
		form((HEADER + "2012-01-01,0,2,1,1\n").getBytes(StandardCharsets.UTF_8)).expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("row 2: has 5 fields where the header has 6");
	}

	@Test
	void missingColumnIsNamed() {
		body("date,precipitation,temp_max,temp_min,weather\n".getBytes(StandardCharsets.UTF_8)).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("row 1, column wind: the column 'wind' is missing");
	}

	@Test
	void emptyFileIsRefused() {
		form(new byte[0]).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("row 1: the file is empty");
	}

	@Test
	void bytesThatAreNotUtf8AreNamedByRow() {
		body((HEADER + "2012-01-01,0,2,1,1,süß\n").getBytes(StandardCharsets.ISO_8859_1)).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("row 2: the byte 0xfc is not UTF-8");
	}

	@Test
	void randomBytesAreRefused() {
		byte[] bytes = new byte[100_000];
		new Random(1).nextBytes(bytes);
		body(bytes).expectStatus().isBadRequest();
	}

	@Test
	void tooLargeFileIsRefusedEitherWay() {
		byte[] large = new byte[2 * 1024 * 1024 + 1];
		Arrays.fill(large, (byte) 'x');
		body(large).expectStatus().isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
		form(large).expectStatus().isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
	}

	@Test
	void tooShortFileGetsWhatItIsLongEnoughFor() {
		DatasetInfo info = upload("short.csv", HEADER + "2020-01-01,0,5,1,2,sun\n2020-01-02,3,6,2,2,rain\n");
		assertThat(get(Summary.class, "/api/weather/summary?dataset={id}", info.id()).wetDays()).isEqualTo(1);
		for (String name : new String[] { "trend", "forecast", "tomorrow", "bootstrap" }) {
			this.client.get()
				.uri("/api/weather/{name}?dataset={id}", name, info.id())
				.exchange()
				.expectStatus()
				.isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
				.expectBody()
				.jsonPath("$.title")
				.isEqualTo("Not enough data");
		}
	}

	@Test
	void uploadsAreBounded() {
		DatasetInfo first = upload("0.csv", HEADER + "2019-01-01,0,5,1,2,sun\n");
		for (int day = 1; day <= 16; day++) {
			upload(day + ".csv", HEADER + "2019-02-%02d,0,5,1,2,sun\n".formatted(day));
		}
		assertThat(get(DatasetInfo[].class, "/api/weather/datasets")).hasSize(17);
		this.client.get()
			.uri("/api/weather/summary?dataset={id}", first.id())
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

	private ResponseSpec body(byte[] content) {
		return this.client.post().uri("/api/weather/datasets").contentType(CSV).body(content).exchange();
	}

	private ResponseSpec form(byte[] content) {
		MultiValueMap<String, Object> form = new LinkedMultiValueMap<>();
		form.add("file", new ByteArrayResource(content) {
			@Override
			public String getFilename() {
				return "day.csv";
			}
		});
		return this.client.post()
			.uri("/api/weather/datasets")
			.header(HttpHeaders.CONTENT_TYPE, MediaType.MULTIPART_FORM_DATA_VALUE)
			.body(form)
			.exchange();
	}

}
