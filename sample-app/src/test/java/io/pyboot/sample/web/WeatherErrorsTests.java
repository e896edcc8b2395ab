package io.pyboot.sample.web;

import java.util.List;

import io.pyboot.PythonCallException;
import io.pyboot.PythonException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * What each kind of failure looks like from outside.
 */
class WeatherErrorsTests {

	@Test
	void overloadAsksToComeBack() throws Exception {
		failing(new PythonOverloadedException("No context became free within 30 s"))
			.andExpect(status().isServiceUnavailable())
			.andExpect(header().string("Retry-After", "1"))
			.andExpect(jsonPath("$.detail").value("No context became free within 30 s"));
	}

	@Test
	void stoppedPoolAsksToComeBack() throws Exception {
		failing(new PythonNotRunningException("The runtime is STOPPED")).andExpect(status().isServiceUnavailable())
			.andExpect(header().exists("Retry-After"));
	}

	@Test
	void passedDeadlineIsAGatewayTimeout() throws Exception {
		failing(new PythonTimeoutException("Deadline of 30 s passed")).andExpect(status().isGatewayTimeout());
	}

	@Test
	void tooLittleDataIsTold() throws Exception {
		failing(raised("weather.dataset.NotEnoughDataError", "a trend needs 2 years"))
			.andExpect(status().is(HttpStatus.UNPROCESSABLE_CONTENT.value()))
			.andExpect(jsonPath("$.detail").value("a trend needs 2 years"));
	}

	@Test
	void bugInPythonTellsNothingToTheOutside() throws Exception {
		failing(raised("ZeroDivisionError", "division by zero")).andExpect(status().isInternalServerError())
			.andExpect(content().string(Matchers.not(Matchers.containsString("division"))));
	}

	private static PythonCallException raised(String type, String message) {
		return new PythonCallException(type, message, "Traceback ...", List.of(), List.of(), null);
	}

	private static ResultActions failing(PythonException failure) throws Exception {
		MockMvc mvc = MockMvcBuilders.standaloneSetup(new FailingController(failure))
			.setControllerAdvice(new WeatherErrors())
			.build();
		return mvc.perform(get("/")).andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON));
	}

	@RestController
	static class FailingController {

		private final PythonException failure;

		FailingController(PythonException failure) {
			this.failure = failure;
		}

		@GetMapping("/")
		String fail() {
			throw this.failure;
		}

	}

}
