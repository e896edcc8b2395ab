package io.pyboot.autoconfigure.endpoint;

import io.pyboot.actuate.PythonEndpoint;
import io.pyboot.autoconfigure.PybootAutoConfiguration;
import io.pyboot.pool.PythonPool;
import io.pyboot.testing.MockedEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.actuate.web.WebMvcEndpointManagementContextConfiguration;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests for {@link PybootEndpointAutoConfiguration}.
 */
class PybootEndpointAutoConfigurationTests {

	private final MockedEngine engine = new MockedEngine();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PybootAutoConfiguration.class, PybootEndpointAutoConfiguration.class));

	@AfterEach
	void closeEngine() {
		this.engine.close();
	}

	@Test
	void exposedEndpointIsThere() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=python")
			.run((context) -> assertThat(context).hasSingleBean(PythonEndpoint.class));
	}

	@Test
	void endpointThatIsNotExposedIsNot() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(PythonEndpoint.class));
	}

	@Test
	void disabledPythonHasNoEndpoint() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=python", "pyboot.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PythonEndpoint.class));
	}

	@Test
	void actuatorMayBeMissing() {
		this.runner.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(PybootEndpointAutoConfiguration.class));
	}

	@Test
	void endpointAnswersOverHttp() {
		new WebApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(PybootAutoConfiguration.class, PybootEndpointAutoConfiguration.class,
							EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
							JacksonEndpointAutoConfiguration.class, JacksonAutoConfiguration.class,
							HttpMessageConvertersAutoConfiguration.class, ManagementContextAutoConfiguration.class,
							ServletManagementContextAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
							WebMvcAutoConfiguration.class, WebMvcEndpointManagementContextConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=python")
			.run((context) -> {
				PythonPool pool = this.engine.pool("default");
				given(pool.invoke(any(), any())).willReturn(7L);
				MockMvcTester mvc = MockMvcTester.from(context);
				assertThat(mvc.get().uri("/actuator/python")).hasStatusOk()
					.bodyJson()
					.extractingPath("$.pools.default.contexts[1].state")
					.isEqualTo("BUSY");
				assertThat(mvc.get().uri("/actuator/python/default")).hasStatusOk()
					.bodyJson()
					.extractingPath("$.counters['requests.submitted']")
					.isEqualTo(7);
				assertThat(mvc.get().uri("/actuator/python/heavy")).hasStatus(404);
				assertThat(mvc.post()
					.uri("/actuator/python/default")
					.contentType(MediaType.APPLICATION_JSON)
					.content("{\"action\":\"restart\",\"context\":1}")).hasStatusOk();
				then(pool).should().restart(1);
				assertThat(mvc.post()
					.uri("/actuator/python/default")
					.contentType(MediaType.APPLICATION_JSON)
					.content("{\"action\":\"gc\"}")).hasStatusOk()
					.bodyJson()
					.extractingPath("$.contexts[1].collected")
					.isEqualTo(7);
				assertThat(mvc.post()
					.uri("/actuator/python/default")
					.contentType(MediaType.APPLICATION_JSON)
					.content("{\"action\":\"restart\"}")).hasStatus(400);
			});
	}

}
