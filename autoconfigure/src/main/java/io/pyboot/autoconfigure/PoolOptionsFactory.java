package io.pyboot.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import io.pyboot.codec.CodecLimits;
import io.pyboot.pool.PoolOptions;
import io.pyboot.template.PythonPools;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * Makes the options of the pools of the properties. The engine checks each value; a value
 * that it refuses is reported under the name of the property that holds it, also where a
 * named pool inherits it.
 */
final class PoolOptionsFactory {

	private static final String POOL = "pyboot.pool";

	private static final String POOLS = "pyboot.pools.";

	private final PybootProperties properties;

	private final List<Path> path;

	private final List<PythonPoolCustomizer> customizers;

	PoolOptionsFactory(PybootProperties properties, List<Path> path, List<PythonPoolCustomizer> customizers) {
		this.properties = properties;
		this.path = path;
		this.customizers = customizers;
	}

	/**
	 * The options of every pool, the default one first.
	 */
	List<PoolOptions> create() {
		PoolOptions base = apply(PoolOptions.named(PythonPools.DEFAULT), POOL, this.properties.pool())
			.withPath(this.path)
			.withPreload(this.properties.preload());
		List<PoolOptions> all = new ArrayList<>();
		all.add(customize(base));
		this.properties.pools().forEach((name, pool) -> {
			if (name.equals(PythonPools.DEFAULT)) {
				throw new InvalidConfigurationPropertyValueException(POOLS + name, pool,
						"the default pool is configured by 'pyboot.pool'");
			}
			all.add(customize(apply(rename(base, name), POOLS + name, pool)));
		});
		return all;
	}

	private PoolOptions customize(PoolOptions options) {
		PoolOptions customized = options;
		for (PythonPoolCustomizer customizer : this.customizers) {
			customized = customizer.customize(customized);
			Assert.state(options.name().equals(customized.name()),
					() -> "A PythonPoolCustomizer may not rename the pool '" + options.name() + "'");
		}
		return customized;
	}

	private static PoolOptions rename(PoolOptions options, String name) {
		return new PoolOptions(name, options.mode(), options.dispatch(), options.size(),
				options.concurrencyPerContext(), options.queueCapacity(), options.maxWait(), options.maxWaiting(),
				options.requestTimeout(), options.path(), options.preload(), options.limits(), options.output());
	}

	private static PoolOptions apply(PoolOptions options, String prefix, PybootProperties.Pool pool) {
		PoolOptions applied = options;
		applied = with(applied, prefix + ".mode", pool.mode(), PoolOptions::withMode);
		applied = with(applied, prefix + ".dispatch", pool.dispatch(), PoolOptions::withDispatch);
		applied = with(applied, prefix + ".size", pool.size(), PoolOptions::withSize);
		applied = with(applied, prefix + ".concurrency-per-context", pool.concurrencyPerContext(),
				PoolOptions::withConcurrencyPerContext);
		applied = with(applied, prefix + ".queue-capacity", pool.queueCapacity(), PoolOptions::withQueueCapacity);
		applied = with(applied, prefix + ".max-wait", pool.maxWait(), PoolOptions::withMaxWait);
		applied = with(applied, prefix + ".max-waiting", pool.maxWaiting(), PoolOptions::withMaxWaiting);
		applied = with(applied, prefix + ".request-timeout", pool.requestTimeout(), PoolOptions::withRequestTimeout);
		applied = with(applied, prefix + ".max-depth", pool.maxDepth(), PoolOptionsFactory::withMaxDepth);
		return with(applied, prefix + ".max-message-size", pool.maxMessageSize(),
				PoolOptionsFactory::withMaxMessageSize);
	}

	private static <V> PoolOptions with(PoolOptions options, String property, @Nullable V value,
			BiFunction<PoolOptions, V, PoolOptions> change) {
		if (value == null) {
			return options;
		}
		try {
			return change.apply(options, value);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(property, value, ex.getMessage());
		}
	}

	private static PoolOptions withMaxDepth(PoolOptions options, int maxDepth) {
		return options.withLimits(new CodecLimits(maxDepth, options.limits().maxMessageSize()));
	}

	private static PoolOptions withMaxMessageSize(PoolOptions options, DataSize size) {
		int bytes = (int) Math.min(size.toBytes(), Integer.MAX_VALUE);
		return options.withLimits(new CodecLimits(options.limits().maxDepth(), bytes));
	}

}
