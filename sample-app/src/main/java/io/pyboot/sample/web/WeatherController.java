package io.pyboot.sample.web;

import java.util.List;

import io.pyboot.sample.weather.Backtest;
import io.pyboot.sample.weather.Bootstrap;
import io.pyboot.sample.weather.BootstrapRequest;
import io.pyboot.sample.weather.BootstrapResult;
import io.pyboot.sample.weather.ClimateMonth;
import io.pyboot.sample.weather.Dataset;
import io.pyboot.sample.weather.Datasets;
import io.pyboot.sample.weather.Extremes;
import io.pyboot.sample.weather.MonthSummary;
import io.pyboot.sample.weather.Summary;
import io.pyboot.sample.weather.Tomorrow;
import io.pyboot.sample.weather.Trend;
import io.pyboot.sample.weather.WeatherDesk;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The analysis of one dataset, Seattle's unless the request names another.
 */
@RestController
@RequestMapping("/api/weather")
class WeatherController {

	private final Datasets datasets;

	private final WeatherDesk desk;

	private final Bootstrap bootstrap;

	WeatherController(Datasets datasets, WeatherDesk desk, Bootstrap bootstrap) {
		this.datasets = datasets;
		this.desk = desk;
		this.bootstrap = bootstrap;
	}

	@GetMapping("/summary")
	Summary summary(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset) {
		return this.desk.summary(this.datasets.get(dataset));
	}

	@GetMapping("/months")
	List<MonthSummary> months(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset) {
		return this.desk.months(this.datasets.get(dataset));
	}

	@GetMapping("/climate")
	List<ClimateMonth> climate(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset) {
		return this.desk.climate(this.datasets.get(dataset));
	}

	@GetMapping("/extremes")
	Extremes extremes(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset,
			@RequestParam(defaultValue = "10") @Min(1) @Max(100) int count) {
		return this.desk.extremes(this.datasets.get(dataset), count);
	}

	@GetMapping("/trend")
	Trend trend(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset) {
		return this.desk.trend(this.datasets.get(dataset));
	}

	@GetMapping("/forecast")
	Backtest forecast(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset,
			@RequestParam(defaultValue = "30") @Min(1) @Max(200) int neighbours) {
		return this.desk.backtest(this.datasets.get(dataset), neighbours);
	}

	@GetMapping("/tomorrow")
	Tomorrow tomorrow(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset,
			@RequestParam(defaultValue = "30") @Min(1) @Max(200) int neighbours) {
		return this.desk.tomorrow(this.datasets.get(dataset), neighbours);
	}

	@GetMapping("/bootstrap")
	BootstrapResult bootstrap(@RequestParam(defaultValue = Datasets.SEATTLE) String dataset,
			@RequestParam(defaultValue = "10000") @Min(100) @Max(100_000) int resamples,
			@RequestParam(name = "block_days", defaultValue = "30") @Min(1) @Max(365) int blockDays,
			@RequestParam(defaultValue = "1") long seed,
			@RequestParam(defaultValue = "0.95") @DecimalMin("0.5") @DecimalMax("0.999") double level,
			@RequestParam(defaultValue = "true") boolean spread) {
		Dataset chosen = this.datasets.get(dataset);
		return this.bootstrap.run(chosen, new BootstrapRequest(resamples, blockDays, seed, level, spread));
	}

}
