package io.pyboot.callable;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.pyboot.PythonCallException;
import io.pyboot.template.PythonOperations;
import io.pyboot.testing.PythonApplication;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a callback finds in the thread-locals of its thread: those of the Java thread that
 * waits, or of the one that submitted the request.
 */
@Tag("engine")
@Timeout(60)
@SpringBootTest(classes = { PythonApplication.class, CallbackThreadIntegrationTests.Application.class },
		webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=1", "pyboot.python.executable=${pyboot.test.python:}" })
class CallbackThreadIntegrationTests {

	@Autowired
	private PythonOperations python;

	@Autowired
	private Desk desk;

	@Autowired
	private JdbcTemplate jdbc;

	@Autowired
	private TransactionTemplate transaction;

	@Autowired
	private ObservationRegistry observations;

	/** How a Java thread waits for Python. */
	enum Way {

		CALLER, OWNER;

		PythonOperations of(PythonOperations python) {
			return (this == CALLER) ? python : python.withTimeout(Duration.ofSeconds(30));
		}

	}

	@BeforeEach
	void setUp() {
		this.python.exec("import pyboot");
		this.jdbc.execute("create table if not exists booking (seat int primary key)");
		this.jdbc.execute("delete from booking");
		ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
	}

	@AfterEach
	void clear() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
		MDC.clear();
		SecurityContextHolder.clearContext();
		RequestContextHolder.resetRequestAttributes();
		LocaleContextHolder.resetLocaleContext();
	}

	@ParameterizedTest
	@EnumSource
	void callbackTakesPartInTheTransactionOfTheCaller(Way way) {
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.update("insert into booking values (1)");
			assertThat(way.of(this.python).eval("pyboot.book(2)")).isEqualTo(2L); // sees
																					// the
																					// uncommitted
																					// row
			status.setRollbackOnly();
		});
		assertThat(this.desk.bookings()).isZero();
		this.transaction.executeWithoutResult((status) -> way.of(this.python).eval("pyboot.book(3)"));
		assertThat(this.desk.bookings()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void exceptionOfACallbackRollsTheTransactionOfTheCallerBack(Way way) {
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
				this.jdbc.update("insert into booking values (1)");
				way.of(this.python).exec("pyboot.book(2); pyboot.book(2)");
			}))
			.withMessageContaining("DuplicateKeyException");
		assertThat(this.desk.bookings()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void callbackHasTheSecurityContextOfTheCaller(Way way) {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "secret"));
		assertThat(way.of(this.python).eval("pyboot.user()")).isEqualTo("ada");
	}

	@ParameterizedTest
	@EnumSource
	void callbackHasTheMdcOfTheCallerAndWhatItPutsStays(Way way) {
		MDC.put("order", "17");
		assertThat(way.of(this.python).eval("pyboot.mdc('order')")).isEqualTo("17");
		assertThat(MDC.get("seen")).isEqualTo("order");
	}

	@ParameterizedTest
	@EnumSource
	void callbackHasTheRequestOfTheCaller(Way way) {
		RequestContextHolder
			.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest("GET", "/x")));
		assertThat(way.of(this.python).eval("pyboot.uri()")).isEqualTo("/x");
	}

	@ParameterizedTest
	@EnumSource
	void callbackHasTheLocaleOfTheCaller(Way way) {
		LocaleContextHolder.setLocale(Locale.CANADA_FRENCH);
		assertThat(way.of(this.python).eval("pyboot.locale()")).isEqualTo("fr-CA");
	}

	@ParameterizedTest
	@EnumSource
	void callbackHasTheObservationOfTheCaller(Way way) {
		assertThat(observed(() -> way.of(this.python).eval("pyboot.observation()"))).isEqualTo("order");
	}

	private @Nullable Object observed(Supplier<@Nullable Object> work) {
		return Observation.createNotStarted("order", this.observations).observe(work);
	}

	@Test
	void callbackOfAnAsynchronousCallRunsOnTheExecutorOfTheApplicationWithWhatTheSubmitterHad() throws Exception {
		MDC.put("order", "17");
		Object result = observed(() -> this.python
			.evalAsync("[pyboot.thread(), pyboot.mdc('order'), pyboot.observation()]", List.class));
		List<?> found = (List<?>) ((java.util.concurrent.Future<?>) result).get(30, TimeUnit.SECONDS);
		assertThat((String) found.get(0)).startsWith("task-");
		assertThat(found.subList(1, 3)).isEqualTo(List.of("17", "order"));
		MDC.clear();
		assertThat(this.python.evalAsync("str([pyboot.mdc('order'), pyboot.observation()])", String.class)
			.get(30, TimeUnit.SECONDS)).isEqualTo("[None, None]");
	}

	@Test
	void callbackOfACastRunsOnTheExecutorWithWhatTheSubmitterHad() {
		this.python.exec("def remember(): pyboot.remember()");
		MDC.put("order", "18");
		this.python.cast("__main__:remember");
		MDC.clear();
		await().until(() -> !this.desk.remembered().isEmpty());
		assertThat(this.desk.remembered().poll()).isEqualTo("18");
		this.python.cast("__main__:remember");
		await().until(() -> !this.desk.remembered().isEmpty());
		assertThat(this.desk.remembered().poll()).isEqualTo("none");
	}

	@Test
	void callbackOfAThreadOfPythonRunsOnTheExecutor() {
		assertThat(this.python.eval(
				"__import__('concurrent.futures').futures.ThreadPoolExecutor(1).submit(pyboot.thread).result()",
				String.class, Map.of()))
			.startsWith("task-");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Application {

		@Bean
		DataSource dataSource() {
			return new DriverManagerDataSource("jdbc:h2:mem:callbacks;DB_CLOSE_DELAY=-1");
		}

		@Bean
		PlatformTransactionManager transactionManager(DataSource dataSource) {
			return new DataSourceTransactionManager(dataSource);
		}

		@Bean
		TransactionTemplate transactionTemplate(PlatformTransactionManager transactionManager) {
			return new TransactionTemplate(transactionManager);
		}

		@Bean
		JdbcTemplate jdbcTemplate(DataSource dataSource) {
			return new JdbcTemplate(dataSource);
		}

		@Bean
		Desk desk(JdbcTemplate jdbc, ObservationRegistry observations) {
			return new Desk(jdbc, observations);
		}

		@Bean
		ObservationRegistry observationRegistry() {
			return ObservationRegistry.create();
		}

	}

	static class Desk {

		private final ConcurrentLinkedQueue<String> remembered = new ConcurrentLinkedQueue<>();

		private final JdbcTemplate jdbc;

		private final ObservationRegistry observations;

		Desk(JdbcTemplate jdbc, ObservationRegistry observations) {
			this.jdbc = jdbc;
			this.observations = observations;
		}

		@PythonCallable
		@Transactional
		public Integer book(int seat) {
			this.jdbc.update("insert into booking values (?)", seat);
			return bookings();
		}

		public ConcurrentLinkedQueue<String> remembered() {
			return this.remembered;
		}

		public int bookings() {
			return this.jdbc.queryForObject("select count(*) from booking", Integer.class);
		}

		@PythonCallable
		public String user() {
			return SecurityContextHolder.getContext().getAuthentication().getName();
		}

		@PythonCallable
		public @Nullable String mdc(String key) {
			MDC.put("seen", key);
			return MDC.get(key);
		}

		@PythonCallable
		public String uri() {
			return ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest()
				.getRequestURI();
		}

		@PythonCallable
		public String locale() {
			return LocaleContextHolder.getLocale().toLanguageTag();
		}

		@PythonCallable
		public @Nullable String observation() {
			Observation current = this.observations.getCurrentObservation();
			return (current != null) ? current.getContext().getName() : null;
		}

		@PythonCallable
		public String thread() {
			return Thread.currentThread().getName();
		}

		@PythonCallable
		public void remember() {
			String order = MDC.get("order");
			this.remembered.add((order != null) ? order : "none");
		}

	}

}
