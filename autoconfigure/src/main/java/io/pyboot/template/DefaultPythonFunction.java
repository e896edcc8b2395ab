package io.pyboot.template;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.pyboot.pool.PythonRequest;
import io.pyboot.pool.RequestOptions;
import io.pyboot.pool.ResultForm;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;

/**
 * A call in the making as a value.
 */
final class DefaultPythonFunction implements PythonFunction {

	private final PythonPools pools;

	private final PythonPools.Entry pool;

	private final ResultConverter converter;

	private final String function;

	private final @Nullable Object[] arguments;

	private final Map<String, @Nullable Object> keywordArguments;

	private final RequestOptions options;

	private final int window;

	DefaultPythonFunction(PythonPools pools, PythonPools.Entry pool, ResultConverter converter, String function,
			@Nullable Object[] arguments, Map<String, @Nullable Object> keywordArguments, RequestOptions options,
			int window) {
		this.pools = pools;
		this.pool = pool;
		this.converter = converter;
		this.function = function;
		this.arguments = arguments;
		this.keywordArguments = keywordArguments;
		this.options = options;
		this.window = window;
	}

	@Override
	public PythonFunction args(@Nullable Object... arguments) {
		return new DefaultPythonFunction(this.pools, this.pool, this.converter, this.function,
				Arguments.of(arguments).clone(), this.keywordArguments, this.options, this.window);
	}

	@Override
	public PythonFunction kwarg(String name, @Nullable Object value) {
		return kwargs(Collections.singletonMap(name, value));
	}

	@Override
	public PythonFunction kwargs(Map<String, ? extends @Nullable Object> arguments) {
		Map<String, @Nullable Object> all = new LinkedHashMap<>(this.keywordArguments);
		all.putAll(arguments);
		return new DefaultPythonFunction(this.pools, this.pool, this.converter, this.function, this.arguments,
				Collections.unmodifiableMap(all), this.options, this.window);
	}

	@Override
	public PythonFunction timeout(Duration timeout) {
		return with(this.options.withTimeout(timeout));
	}

	@Override
	public PythonFunction pool(String name) {
		return new DefaultPythonFunction(this.pools, this.pools.entry(name), this.converter, this.function,
				this.arguments, this.keywordArguments, this.options, this.window);
	}

	@Override
	public PythonFunction affinity(Object key) {
		return with(this.options.withAffinityKey(key));
	}

	@Override
	public PythonFunction context(int index) {
		return with(this.options.withContextIndex(index));
	}

	@Override
	public PythonFunction window(int items) {
		if (items < 1) {
			throw new IllegalArgumentException("The window of a stream must be at least 1 but is " + items);
		}
		return new DefaultPythonFunction(this.pools, this.pool, this.converter, this.function, this.arguments,
				this.keywordArguments, this.options, items);
	}

	private PythonFunction with(RequestOptions options) {
		return new DefaultPythonFunction(this.pools, this.pool, this.converter, this.function, this.arguments,
				this.keywordArguments, options, this.window);
	}

	@Override
	public @Nullable Object call() {
		return this.pool.get().invoke(request(), this.options);
	}

	@Override
	public <T> @Nullable T call(Class<T> resultType) {
		return this.converter.convert(this.pool.get().invoke(request(resultType), this.options), resultType);
	}

	@Override
	public <T> @Nullable T call(ParameterizedTypeReference<T> resultType) {
		return this.converter.convert(this.pool.get().invoke(request(resultType.getType()), this.options), resultType);
	}

	@Override
	public CompletableFuture<@Nullable Object> callAsync() {
		return this.pool.get().submit(request(), this.options);
	}

	@Override
	public <T> CompletableFuture<@Nullable T> callAsync(Class<T> resultType) {
		return new ConvertedFuture<>(this.pool.get().submit(request(resultType), this.options),
				(value) -> this.converter.convert(value, resultType));
	}

	@Override
	public <T> Stream<@Nullable T> stream(Class<T> itemType) {
		return stream(ResolvableType.forClass(itemType));
	}

	@Override
	public <T> Stream<@Nullable T> stream(ParameterizedTypeReference<T> itemType) {
		return stream(ResolvableType.forType(itemType));
	}

	private <T> Stream<@Nullable T> stream(ResolvableType itemType) {
		return StreamedItems.stream(this.pool.get().stream(request(), this.options, this.window), this.converter,
				itemType);
	}

	@Override
	public void cast() {
		this.pool.get().cast(request(), this.options);
	}

	private PythonRequest request(Type resultType) {
		return request().returning(ResultForm.of(resultType));
	}

	private PythonRequest request() {
		return PythonRequest.call(this.function, this.arguments, this.keywordArguments);
	}

}
