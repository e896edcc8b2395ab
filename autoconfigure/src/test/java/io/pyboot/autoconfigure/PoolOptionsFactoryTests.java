package io.pyboot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.pyboot.pool.Dispatch;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link PoolOptionsFactory} and {@link PybootProperties}.
 */
class PoolOptionsFactoryTests {

	private static final List<Path> PATH = List.of(Path.of("/code"));

	@Test
	void nothingConfiguredGivesOneDefaultPool() {
		assertThat(create(Map.of())).containsExactly(PoolOptions.named("default").withPath(PATH));
	}

	@Test
	void everyPropertyReachesThePool() {
		PoolOptions options = create(Map.ofEntries(Map.entry("pyboot.pool.mode", "main"),
				Map.entry("pyboot.pool.dispatch", "owner"), Map.entry("pyboot.pool.size", "3"),
				Map.entry("pyboot.pool.concurrency-per-context", "2"), Map.entry("pyboot.pool.queue-capacity", "64"),
				Map.entry("pyboot.pool.max-wait", "2s"), Map.entry("pyboot.pool.max-waiting", "7"),
				Map.entry("pyboot.pool.request-timeout", "5s"), Map.entry("pyboot.pool.max-depth", "11"),
				Map.entry("pyboot.pool.max-message-size", "1MB"), Map.entry("pyboot.preload", "json,csv")))
			.get(0);
		assertThat(options.mode()).isEqualTo(PythonMode.MAIN);
		assertThat(options.dispatch()).isEqualTo(Dispatch.OWNER);
		assertThat(options.size()).isEqualTo(3);
		assertThat(options.concurrencyPerContext()).isEqualTo(2);
		assertThat(options.queueCapacity()).isEqualTo(64);
		assertThat(options.maxWait()).isEqualTo(Duration.ofSeconds(2));
		assertThat(options.maxWaiting()).isEqualTo(7);
		assertThat(options.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(options.limits().maxDepth()).isEqualTo(11);
		assertThat(options.limits().maxMessageSize()).isEqualTo(1 << 20);
		assertThat(options.preload()).containsExactly("json", "csv");
		assertThat(options.path()).isEqualTo(PATH);
	}

	@Test
	void namedPoolInheritsWhatItLeavesUnset() {
		List<PoolOptions> all = create(Map.of("pyboot.pool.size", "3", "pyboot.pool.max-wait", "2s",
				"pyboot.pools.heavy.size", "1", "pyboot.pools.heavy.mode", "main", "pyboot.preload", "json"));
		assertThat(all).extracting(PoolOptions::name).containsExactly("default", "heavy");
		PoolOptions heavy = all.get(1);
		assertThat(heavy.size()).isEqualTo(1);
		assertThat(heavy.mode()).isEqualTo(PythonMode.MAIN);
		assertThat(heavy.maxWait()).isEqualTo(Duration.ofSeconds(2));
		assertThat(heavy.preload()).containsExactly("json");
		assertThat(heavy.path()).isEqualTo(PATH);
	}

	@ParameterizedTest
	@CsvSource({ "pyboot.pool.size,0", "pyboot.pool.concurrency-per-context,0", "pyboot.pool.queue-capacity,100",
			"pyboot.pool.max-wait,-1s", "pyboot.pool.max-waiting,-1", "pyboot.pool.request-timeout,0s",
			"pyboot.pool.max-depth,1000", "pyboot.pool.max-message-size,2GB", "pyboot.pools.heavy.size,-1",
			"pyboot.pools.heavy.max-message-size,1B" })
	void refusedValueIsReportedUnderTheNameOfItsProperty(String property, String value) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> create(Map.of(property, value)))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo(property))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("must"));
	}

	@Test
	void inheritedValueIsReportedWhereItStands() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> create(Map.of("pyboot.pool.size", "0", "pyboot.pools.heavy.mode", "main")))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("pyboot.pool.size"));
	}

	@Test
	void valueThatCannotBeBoundIsReportedUnderTheNameOfItsProperty() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> create(Map.of("pyboot.pool.mode", "threads")))
			.satisfies((ex) -> assertThat(ex.getProperty().getName()).hasToString("pyboot.pool.mode"));
	}

	@Test
	void defaultPoolIsNotConfiguredAsANamedOne() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> create(Map.of("pyboot.pools.default.size", "1")))
			.withMessageContaining("the default pool is configured by 'pyboot.pool'");
	}

	@Test
	void customizersApplyToEveryPoolInOrder() {
		List<PoolOptions> all = create(Map.of("pyboot.pools.heavy.size", "2"), (options) -> options.withSize(5),
				(options) -> options.name().equals("heavy") ? options.withSize(options.size() + 1) : options);
		assertThat(all).extracting(PoolOptions::size).containsExactly(5, 6);
	}

	@Test
	void customizerMayNotRenameAPool() {
		assertThatIllegalStateException().isThrownBy(() -> create(Map.of(), (options) -> PoolOptions.named("other")))
			.withMessageContaining("may not rename the pool 'default'");
	}

	private static List<PoolOptions> create(Map<String, String> properties, PythonPoolCustomizer... customizers) {
		PybootProperties bound = new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("pyboot",
				PybootProperties.class);
		return new PoolOptionsFactory(bound, PATH, List.of(customizers)).create();
	}

}
