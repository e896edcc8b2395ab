package io.pyboot.sample.weather;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.pyboot.template.PythonFunction;
import io.pyboot.template.PythonOperations;

import org.springframework.stereotype.Component;

/**
 * Spreads a bootstrap of the trend over the contexts. The work is cut into chunks of a
 * fixed size, each with random numbers of its own, so that the result depends on neither
 * the number of contexts nor which of them ran what.
 */
@Component
public class Bootstrap {

	private static final int CHUNK = 500;

	private final PythonOperations python;

	private final PythonFunction resample;

	Bootstrap(PythonOperations python, WeatherProperties properties) {
		this.python = python.withTimeout(properties.timeout());
		this.resample = python.function("weather.trend:resample").timeout(properties.timeout());
	}

	public BootstrapResult run(Dataset dataset, BootstrapRequest request) {
		long start = System.nanoTime();
		List<List<Object>> chunks = chunks(dataset, request);
		Collection<Resamples> done = request.spread() ? spread(chunks) : oneByOne(chunks);
		List<Double> slopes = done.stream().flatMap((chunk) -> chunk.slopes().stream()).toList();
		Interval interval = Objects
			.requireNonNull(this.python.call("weather.trend:interval", Interval.class, slopes, request.level()));
		double elapsed = (System.nanoTime() - start) / 1e6;
		return result(interval, request, done, elapsed);
	}

	private List<List<Object>> chunks(Dataset dataset, BootstrapRequest request) {
		List<List<Object>> chunks = new ArrayList<>();
		for (int from = 0; from < request.resamples(); from += CHUNK) {
			int count = Math.min(CHUNK, request.resamples() - from);
			chunks.add(List.of(dataset.content(), request.seed(), chunks.size(), count, request.blockDays()));
		}
		return chunks;
	}

	private List<Resamples> spread(List<List<Object>> chunks) {
		return this.python.invokeAll("weather.trend:resample", Resamples.class, chunks)
			.stream()
			.map((chunk) -> Objects.requireNonNull(chunk))
			.toList();
	}

	private List<Resamples> oneByOne(List<List<Object>> chunks) {
		PythonFunction inOneContext = this.resample.context(0);
		return chunks.stream()
			.map((chunk) -> Objects.requireNonNull(inOneContext.args(chunk.toArray()).call(Resamples.class)))
			.toList();
	}

	private static BootstrapResult result(Interval interval, BootstrapRequest request, Collection<Resamples> done,
			double elapsed) {
		List<Resamples> ordered = done.stream().sorted(Comparator.comparingDouble(Resamples::started)).toList();
		double origin = ordered.get(0).started();
		Map<String, Integer> contexts = new LinkedHashMap<>();
		List<BootstrapResult.Chunk> timeline = new ArrayList<>();
		double cpu = 0;
		for (Resamples chunk : ordered) {
			Integer known = contexts.putIfAbsent(chunk.context(), contexts.size());
			int context = (known != null) ? known : contexts.size() - 1;
			timeline.add(new BootstrapResult.Chunk(chunk.chunk(), context, chunk.started() - origin,
					chunk.ended() - origin));
			cpu += chunk.cpu();
		}
		return new BootstrapResult(interval, request.seed(), request.blockDays(), contexts.size(), elapsed, cpu,
				timeline);
	}

}
