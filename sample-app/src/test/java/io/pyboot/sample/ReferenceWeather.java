package io.pyboot.sample;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The same figures computed another way: no code and, where there is a choice, no method
 * is shared with the Python modules (orthogonalisation instead of normal equations,
 * refitted series instead of weighted residuals, other random numbers).
 */
final class ReferenceWeather {

	private final List<Day> days = new ArrayList<>();

	ReferenceWeather(String csv) {
		csv.lines()
			.skip(1)
			.map((line) -> line.split(","))
			.forEach((f) -> this.days.add(new Day(LocalDate.parse(f[0]), Double.parseDouble(f[1]),
					Double.parseDouble(f[2]), Double.parseDouble(f[3]), Double.parseDouble(f[4]))));
	}

	List<Day> days() {
		return this.days;
	}

	/** Slope of the daily mean in °C a year, with the season taken out. */
	double slope() {
		double[] line = lineWithoutSeason();
		return dot(line, temperatures()) / dot(line, line);
	}

	/** Slopes of series made of the fit and residuals drawn in blocks. */
	double[] bootstrap(int resamples, int block, long seed) {
		double[] temperatures = temperatures();
		double[] fitted = new double[temperatures.length];
		double[] residuals = temperatures.clone();
		for (double[] axis : axes()) {
			double share = dot(axis, temperatures) / dot(axis, axis);
			for (int i = 0; i < fitted.length; i++) {
				fitted[i] += share * axis[i];
				residuals[i] -= share * axis[i];
			}
		}
		double[] line = lineWithoutSeason();
		double length = dot(line, line);
		SplittableRandom random = new SplittableRandom(seed);
		double[] slopes = new double[resamples];
		for (int r = 0; r < resamples; r++) {
			double[] series = fitted.clone();
			int start = 0;
			for (int i = 0; i < series.length; i++) {
				start = (i % block == 0) ? random.nextInt(series.length) : start;
				series[i] += residuals[(start + i % block) % series.length];
			}
			slopes[r] = dot(line, series) / length;
		}
		Arrays.sort(slopes);
		return slopes;
	}

	/** Mean absolute errors of forecast, persistence and climatology, last 365 days. */
	double[] forecastErrors(int neighbours) {
		int held = this.days.size() - 365;
		double[] scales = IntStream.range(0, 6)
			.mapToDouble((f) -> deviation(held, (day) -> features(day)[f]))
			.toArray();
		double[] errors = new double[3];
		for (int i = held; i < this.days.size(); i++) {
			Day today = this.days.get(i - 1);
			double actual = this.days.get(i).max();
			double change = IntStream.range(0, held - 1)
				.boxed()
				.sorted(Comparator.comparingDouble((j) -> distance(this.days.get(j), today, scales)))
				.limit(neighbours)
				.mapToDouble((j) -> this.days.get(j + 1).max() - this.days.get(j).max())
				.average()
				.orElseThrow();
			errors[0] += Math.abs(today.max() + change - actual) / 365;
			errors[1] += Math.abs(today.max() - actual) / 365;
			errors[2] += Math.abs(usual(held, this.days.get(i).date().getDayOfYear()) - actual) / 365;
		}
		return errors;
	}

	private double usual(int past, int dayOfYear) {
		return this.days.subList(0, past).stream().filter((day) -> {
			int apart = Math.abs(day.date().getDayOfYear() - dayOfYear);
			return Math.min(apart, 366 - apart) <= 10;
		}).mapToDouble(Day::max).average().orElseThrow();
	}

	private static double[] features(Day day) {
		double season = 2 * Math.PI * day.date().getDayOfYear() / 365.25;
		return new double[] { day.max(), day.min(), Math.log1p(day.precipitation()), day.wind(), Math.sin(season),
				Math.cos(season) };
	}

	private static double distance(Day a, Day b, double[] scales) {
		double[] left = features(a);
		double[] right = features(b);
		double sum = 0;
		for (int i = 0; i < scales.length; i++) {
			double apart = (left[i] - right[i]) / scales[i];
			sum += apart * apart;
		}
		return sum;
	}

	private double deviation(int past, ToDoubleFunction<Day> value) {
		double mean = this.days.subList(0, past).stream().mapToDouble(value).average().orElseThrow();
		return Math.sqrt(this.days.subList(0, past)
			.stream()
			.mapToDouble((day) -> Math.pow(value.applyAsDouble(day) - mean, 2))
			.average()
			.orElseThrow());
	}

	private double[] temperatures() {
		return this.days.stream().mapToDouble(Day::mean).toArray();
	}

	private double[] lineWithoutSeason() {
		List<double[]> axes = axes();
		return axes.get(axes.size() - 1);
	}

	/** Constant, season and line made orthogonal in this order (Gram-Schmidt). */
	private List<double[]> axes() {
		LocalDate first = this.days.get(0).date();
		double[] line = this.days.stream()
			.mapToDouble((day) -> ChronoUnit.DAYS.between(first, day.date()) / 365.25)
			.toArray();
		List<double[]> raw = new ArrayList<>();
		raw.add(Arrays.stream(line).map((t) -> 1).toArray());
		for (int harmonic = 1; harmonic <= 2; harmonic++) {
			double speed = 2 * Math.PI * harmonic;
			raw.add(Arrays.stream(line).map((t) -> Math.cos(speed * t)).toArray());
			raw.add(Arrays.stream(line).map((t) -> Math.sin(speed * t)).toArray());
		}
		raw.add(line);
		List<double[]> axes = new ArrayList<>();
		for (double[] next : raw) {
			double[] axis = next.clone();
			for (double[] known : axes) {
				double share = dot(known, axis) / dot(known, known);
				for (int i = 0; i < axis.length; i++) {
					axis[i] -= share * known[i];
				}
			}
			axes.add(axis);
		}
		return axes;
	}

	private static double dot(double[] left, double[] right) {
		return IntStream.range(0, left.length).mapToDouble((i) -> left[i] * right[i]).sum();
	}

	record Day(LocalDate date, double precipitation, double max, double min, double wind) {

		double mean() {
			return (this.max + this.min) / 2;
		}

		double score() {
			return 100 - 3 * Math.abs(this.max - 23) - 2 * this.precipitation
					- ((this.wind > 3) ? 3 * (this.wind - 3) : 0);
		}

	}

}
