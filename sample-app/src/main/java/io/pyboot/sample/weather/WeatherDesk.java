package io.pyboot.sample.weather;

import java.util.List;
import java.util.Objects;

import io.pyboot.template.PythonOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Service;

/**
 * The analysis of a file. Each method is one call of a Python function; what it returns
 * becomes a record.
 */
@Service
public class WeatherDesk {

	private static final ParameterizedTypeReference<List<MonthSummary>> MONTHS = new ParameterizedTypeReference<>() {
	};

	private static final ParameterizedTypeReference<List<ClimateMonth>> CLIMATE = new ParameterizedTypeReference<>() {
	};

	private final PythonOperations python;

	WeatherDesk(PythonOperations python, WeatherProperties properties) {
		this.python = python.withTimeout(properties.timeout());
	}

	public Summary summary(Dataset dataset) {
		return answer(this.python.call("weather.stats:summary", Summary.class, dataset.content()));
	}

	public List<MonthSummary> months(Dataset dataset) {
		return answer(this.python.call("weather.stats:monthly", MONTHS, dataset.content()));
	}

	public List<ClimateMonth> climate(Dataset dataset) {
		return answer(this.python.call("weather.stats:climate", CLIMATE, dataset.content()));
	}

	public Extremes extremes(Dataset dataset, int count) {
		return answer(this.python.call("weather.stats:extremes", Extremes.class, dataset.content(), count));
	}

	public Trend trend(Dataset dataset) {
		return answer(this.python.call("weather.trend:trend", Trend.class, dataset.content()));
	}

	public Backtest backtest(Dataset dataset, int neighbours) {
		return answer(this.python.call("weather.forecast:backtest", Backtest.class, dataset.content(), neighbours));
	}

	public Tomorrow tomorrow(Dataset dataset, int neighbours) {
		return answer(this.python.call("weather.forecast:tomorrow", Tomorrow.class, dataset.content(), neighbours));
	}

	// None of the functions returns None.
	private static <T> T answer(@Nullable T result) {
		return Objects.requireNonNull(result);
	}

}
