package io.pyboot.template;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.pyboot.PythonChannel;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.callback.PythonCallback;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.PythonRequest;
import io.pyboot.pool.PythonStream;
import io.pyboot.pool.ReloadReport;
import io.pyboot.pool.RequestOptions;
import io.pyboot.pool.ResultForm;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;

/**
 * The way into Python: what an application injects. Thread-safe; it holds no more than
 * the pool it uses and the options of its requests, so that {@link #pool(String)} and
 * {@link #withTimeout(Duration)} are cheap and their results may be kept.
 * <p>
 * It serves while the application runs: from the start of the life cycle beans, before
 * the web server, to their stop, after the web server.
 */
public class PythonTemplate implements PythonOperations {

	private final PythonPools pools;

	private final PythonPools.Entry pool;

	private final ResultConverter converter;

	private final RequestOptions options;

	/**
	 * A template for the default pool.
	 * @param pools the pools there are
	 * @param converter converts results to the types asked for
	 */
	public PythonTemplate(PythonPools pools, ResultConverter converter) {
		this(pools, pools.entry(PythonPools.DEFAULT), converter, RequestOptions.NONE);
	}

	private PythonTemplate(PythonPools pools, PythonPools.Entry pool, ResultConverter converter,
			RequestOptions options) {
		this.pools = pools;
		this.pool = pool;
		this.converter = converter;
		this.options = options;
	}

	@Override
	public @Nullable Object call(String function, @Nullable Object... arguments) {
		return invoke(PythonRequest.call(function, Arguments.of(arguments), Map.of()));
	}

	@Override
	public <T> @Nullable T call(String function, Class<T> resultType, @Nullable Object... arguments) {
		return this.converter
			.convert(invoke(PythonRequest.call(function, Arguments.of(arguments), Map.of()), resultType), resultType);
	}

	@Override
	public <T> @Nullable T call(String function, ParameterizedTypeReference<T> resultType,
			@Nullable Object... arguments) {
		return this.converter.convert(
				invoke(PythonRequest.call(function, Arguments.of(arguments), Map.of()), resultType.getType()),
				resultType);
	}

	@Override
	public @Nullable Object eval(String expression) {
		return invoke(PythonRequest.eval(expression, Map.of()));
	}

	@Override
	public <T> @Nullable T eval(String expression, Class<T> resultType) {
		return this.converter.convert(invoke(PythonRequest.eval(expression, Map.of()), resultType), resultType);
	}

	@Override
	public <T> @Nullable T eval(String expression, Class<T> resultType,
			Map<String, ? extends @Nullable Object> variables) {
		return this.converter.convert(invoke(PythonRequest.eval(expression, variables), resultType), resultType);
	}

	@Override
	public void exec(String source) {
		exec(source, Map.of());
	}

	@Override
	public void exec(String source, Map<String, ? extends @Nullable Object> variables) {
		invoke(PythonRequest.exec(source, variables));
	}

	@Override
	public void execAll(String source) {
		this.pool.get().broadcast(PythonRequest.exec(source, Map.of()), this.options);
	}

	@Override
	public ReloadReport reload(String module) {
		return this.pool.get().reload(List.of(module), this.options);
	}

	@Override
	public void cast(String function, @Nullable Object... arguments) {
		this.pool.get().cast(PythonRequest.call(function, Arguments.of(arguments), Map.of()), this.options);
	}

	@Override
	public CompletableFuture<@Nullable Object> callAsync(String function, @Nullable Object... arguments) {
		return submit(PythonRequest.call(function, Arguments.of(arguments), Map.of()));
	}

	@Override
	public <T> CompletableFuture<@Nullable T> callAsync(String function, Class<T> resultType,
			@Nullable Object... arguments) {
		PythonRequest request = PythonRequest.call(function, Arguments.of(arguments), Map.of());
		return new ConvertedFuture<>(submit(request.returning(ResultForm.of(resultType))),
				(value) -> this.converter.convert(value, resultType));
	}

	@Override
	public <T> CompletableFuture<@Nullable T> evalAsync(String expression, Class<T> resultType) {
		PythonRequest request = PythonRequest.eval(expression, Map.of());
		return new ConvertedFuture<>(submit(request.returning(ResultForm.of(resultType))),
				(value) -> this.converter.convert(value, resultType));
	}

	@Override
	public <T> List<@Nullable T> invokeAll(String function, Class<T> resultType,
			Collection<? extends List<? extends @Nullable Object>> argumentLists) {
		List<@Nullable Object> results = new ParallelCalls(this.pool.get(), function, this.options, resultType)
			.run(argumentLists);
		return this.converter.convertEach(results, resultType);
	}

	@Override
	public <T> Stream<@Nullable T> stream(String function, Class<T> itemType, @Nullable Object... arguments) {
		return function(function).args(arguments).stream(itemType);
	}

	@Override
	public <T> Stream<@Nullable T> stream(String function, ParameterizedTypeReference<T> itemType,
			@Nullable Object... arguments) {
		return function(function).args(arguments).stream(itemType);
	}

	@Override
	public <T> @Nullable T execute(PythonSessionCallback<T> callback) {
		try (CloseablePythonSession session = openSession()) {
			return callback.doInSession(session);
		}
	}

	@Override
	public CloseablePythonSession openSession() {
		return new DefaultPythonSession(this.pool.get().openSession(this.options), this.converter, this.options);
	}

	@Override
	public PythonFunction function(String function) {
		return new DefaultPythonFunction(this.pools, this.pool, this.converter, function, Arguments.NONE, Map.of(),
				this.options, PythonStream.DEFAULT_WINDOW);
	}

	@Override
	public <T> PythonChannel<T> openChannel(Class<T> messageType, int capacity) {
		return openChannel(null, ResolvableType.forClass(messageType), capacity);
	}

	@Override
	public <T> PythonChannel<T> openChannel(String name, Class<T> messageType, int capacity) {
		return openChannel(name, ResolvableType.forClass(messageType), capacity);
	}

	@Override
	public <T> PythonChannel<T> openChannel(@Nullable String name, ParameterizedTypeReference<T> messageType,
			int capacity) {
		return openChannel(name, ResolvableType.forType(messageType), capacity);
	}

	@SuppressWarnings("unchecked") // the messages are converted
	private <T> PythonChannel<T> openChannel(@Nullable String name, ResolvableType type, int capacity) {
		PythonPool pool = this.pool.get();
		if (type.resolve() == byte[].class) {
			return (PythonChannel<T>) pool.openByteChannel(name, capacity);
		}
		return pool.openChannel(name, capacity,
				(message) -> (T) this.converter.convert(message, type, ValuePath.MESSAGE));
	}

	@Override
	public CallbackRegistry.Registration register(String name, PythonCallback callback) {
		return this.pools.callbacks().register(name, callback);
	}

	@Override
	public CallbackRegistry.Registration register(String name, Supplier<?> function) {
		return register(name, new RegisteredFunction(name, this.converter, List.of(), (arguments) -> function.get()));
	}

	@Override
	@SuppressWarnings("unchecked") // the arguments were converted
	public <A> CallbackRegistry.Registration register(String name, Class<A> argumentType,
			Function<? super A, ?> function) {
		return register(name, new RegisteredFunction(name, this.converter, List.of(argumentType),
				(arguments) -> function.apply((A) arguments[0])));
	}

	@Override
	@SuppressWarnings("unchecked") // the arguments were converted
	public <A, B> CallbackRegistry.Registration register(String name, Class<A> firstType, Class<B> secondType,
			BiFunction<? super A, ? super B, ?> function) {
		return register(name, new RegisteredFunction(name, this.converter, List.of(firstType, secondType),
				(arguments) -> function.apply((A) arguments[0], (B) arguments[1])));
	}

	@Override
	public boolean unregister(String name) {
		return this.pools.callbacks().unregister(name);
	}

	@Override
	public PythonOperations pool(String name) {
		return new PythonTemplate(this.pools, this.pools.entry(name), this.converter, this.options);
	}

	@Override
	public PythonOperations withTimeout(Duration timeout) {
		return new PythonTemplate(this.pools, this.pool, this.converter, this.options.withTimeout(timeout));
	}

	private @Nullable Object invoke(PythonRequest request, Type resultType) {
		return invoke(request.returning(ResultForm.of(resultType)));
	}

	private @Nullable Object invoke(PythonRequest request) {
		return this.pool.get().invoke(request, this.options);
	}

	private CompletableFuture<@Nullable Object> submit(PythonRequest request) {
		return this.pool.get().submit(request, this.options);
	}

}
