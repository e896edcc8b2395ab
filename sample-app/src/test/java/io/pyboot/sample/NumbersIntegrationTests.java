package io.pyboot.sample;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.pyboot.sample.ReferenceWeather.Day;
import io.pyboot.sample.weather.Backtest;
import io.pyboot.sample.weather.BootstrapResult;
import io.pyboot.sample.weather.ClimateMonth;
import io.pyboot.sample.weather.Extremes;
import io.pyboot.sample.weather.Interval;
import io.pyboot.sample.weather.MonthSummary;
import io.pyboot.sample.weather.Summary;
import io.pyboot.sample.weather.Tomorrow;
import io.pyboot.sample.weather.Trend;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What Python computes against {@link ReferenceWeather}.
 */
class NumbersIntegrationTests extends AbstractDeskIntegrationTests {

	private final ReferenceWeather reference = new ReferenceWeather(seattle());

	@Test
	void summaryOfTheFile() {
		Summary summary = get(Summary.class, "/api/weather/summary");
		List<Day> days = this.reference.days();
		assertThat(summary.days()).isEqualTo(1461);
		assertThat(summary.missingDays()).isZero();
		assertThat(summary.first()).isEqualTo(LocalDate.of(2012, 1, 1));
		assertThat(summary.last()).isEqualTo(LocalDate.of(2015, 12, 31));
		assertThat(summary.tempMean()).isCloseTo(days.stream().mapToDouble(Day::mean).average().orElseThrow(),
				within(1e-9));
		assertThat(summary.precipitation()).isCloseTo(days.stream().mapToDouble(Day::precipitation).sum(),
				within(1e-6));
		assertThat(summary.wetDays()).isEqualTo((int) days.stream().filter((d) -> d.precipitation() >= 1).count());
		assertThat(summary.warmest().value()).isEqualTo(35.6);
		assertThat(summary.coldest().value()).isEqualTo(-7.1);
		assertThat(summary.wettest()).isEqualTo(new Summary.Extreme(LocalDate.of(2015, 3, 15), 55.9));
		assertThat(summary.windiest().value()).isEqualTo(9.5);
		assertThat(summary.kinds()).containsOnly(Map.entry("drizzle", 53), Map.entry("fog", 101),
				Map.entry("rain", 641), Map.entry("snow", 26), Map.entry("sun", 640));
		assertThat(summary.longestDrySpell()).isEqualTo(longestDrySpell(days));
	}

	private static int longestDrySpell(List<Day> days) {
		StringBuilder letters = new StringBuilder();
		days.forEach((day) -> letters.append((day.precipitation() >= 1) ? ' ' : 'd'));
		return Arrays.stream(letters.toString().split(" ")).mapToInt(String::length).max().orElseThrow();
	}

	@Test
	void eachMonthOfEachYear() {
		MonthSummary[] months = get(MonthSummary[].class, "/api/weather/months");
		Map<YearMonth, List<Day>> expected = this.reference.days()
			.stream()
			.collect(Collectors.groupingBy((day) -> YearMonth.from(day.date()), TreeMap::new, Collectors.toList()));
		assertThat(months).extracting(MonthSummary::month).containsExactlyElementsOf(expected.keySet());
		for (MonthSummary month : months) {
			List<Day> days = expected.get(month.month());
			DoubleSummaryStatistics max = days.stream().mapToDouble(Day::max).summaryStatistics();
			DoubleSummaryStatistics min = days.stream().mapToDouble(Day::min).summaryStatistics();
			assertThat(month.days()).isEqualTo(days.size());
			assertThat(month.tempMax()).isCloseTo(max.getAverage(), within(1e-9));
			assertThat(month.tempMin()).isCloseTo(min.getAverage(), within(1e-9));
			assertThat(month.tempMean()).isCloseTo((max.getAverage() + min.getAverage()) / 2, within(1e-9));
			assertThat(month.warmest()).isEqualTo(max.getMax());
			assertThat(month.coldest()).isEqualTo(min.getMin());
			assertThat(month.precipitation()).isCloseTo(days.stream().mapToDouble(Day::precipitation).sum(),
					within(1e-9));
			assertThat(month.wind()).isCloseTo(days.stream().mapToDouble(Day::wind).average().orElseThrow(),
					within(1e-9));
		}
	}

	@Test
	void eachMonthOfTheCalendar() {
		ClimateMonth[] months = get(ClimateMonth[].class, "/api/weather/climate");
		assertThat(months).extracting(ClimateMonth::month).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
		for (ClimateMonth month : months) {
			List<Day> days = this.reference.days()
				.stream()
				.filter((day) -> day.date().getMonthValue() == month.month())
				.toList();
			long wet = days.stream().filter((day) -> day.precipitation() >= 1).count();
			assertThat(month.tempMean()).isCloseTo(days.stream().mapToDouble(Day::mean).average().orElseThrow(),
					within(1e-9));
			assertThat(month.precipitation()).isCloseTo(days.stream().mapToDouble(Day::precipitation).sum() / 4,
					within(1e-9));
			assertThat(month.wetShare()).isCloseTo((double) wet / days.size(), within(1e-12));
		}
	}

	@Test
	void bestAndWorstDays() {
		Extremes extremes = get(Extremes.class, "/api/weather/extremes?count=25");
		List<Double> scores = this.reference.days().stream().map(Day::score).sorted().toList();
		assertThat(extremes.worst()).hasSize(25);
		assertThat(extremes.best()).hasSize(25);
		for (int i = 0; i < 25; i++) {
			assertThat(extremes.worst().get(i).score()).isCloseTo(scores.get(i), within(1e-6));
			assertThat(extremes.best().get(i).score()).isCloseTo(scores.get(scores.size() - 1 - i), within(1e-6));
		}
		Day worst = this.reference.days().stream().min(Comparator.comparingDouble(Day::score)).orElseThrow();
		assertThat(extremes.worst().get(0).date()).isEqualTo(worst.date());
		assertThat(extremes.worst().get(0).weather()).isEqualTo("rain");
	}

	@Test
	void trendWithoutTheSeason() {
		Trend trend = get(Trend.class, "/api/weather/trend");
		assertThat(trend.slopePerYear()).isCloseTo(this.reference.slope(), within(1e-9));
		assertThat(trend.months()).hasSize(48);
	}

	@Test
	void forecastOfTheYearHeldBack() {
		Backtest backtest = get(Backtest.class, "/api/weather/forecast?neighbours=30");
		double[] errors = this.reference.forecastErrors(30);
		assertThat(backtest.error()).isCloseTo(errors[0], within(1e-9));
		assertThat(backtest.persistenceError()).isCloseTo(errors[1], within(1e-9));
		assertThat(backtest.climatologyError()).isCloseTo(errors[2], within(1e-9));
		assertThat(backtest.error()).isLessThan(backtest.persistenceError());
		assertThat(backtest.days()).hasSize(365);
		assertThat(backtest.days().get(0).date()).isEqualTo(LocalDate.of(2015, 1, 1));
	}

	@Test
	void forecastOfTheDayAfterTheFile() {
		Tomorrow tomorrow = get(Tomorrow.class, "/api/weather/tomorrow?neighbours=10");
		assertThat(tomorrow.date()).isEqualTo(LocalDate.of(2016, 1, 1));
		assertThat(tomorrow.similar()).hasSize(10).doesNotContain(LocalDate.of(2015, 12, 31));
		assertThat(tomorrow.forecast()).isBetween(tomorrow.low(), tomorrow.high());
	}

	@Test
	void bootstrapOfTheTrend() {
		Interval interval = get(BootstrapResult.class, "/api/weather/bootstrap?resamples=10000&block_days=30")
			.interval();
		double[] slopes = this.reference.bootstrap(10_000, 30, 2015);
		double mean = Arrays.stream(slopes).average().orElseThrow();
		double deviation = Math
			.sqrt(Arrays.stream(slopes).map((slope) -> (slope - mean) * (slope - mean)).sum() / (slopes.length - 1));
		assertThat(interval.resamples()).isEqualTo(10_000);
		assertThat(interval.error()).isCloseTo(deviation, within(0.04 * deviation));
		assertThat(interval.low()).isCloseTo(slopes[250], within(0.02));
		assertThat(interval.median()).isCloseTo(slopes[5000], within(0.01));
		assertThat(interval.high()).isCloseTo(slopes[9750], within(0.02));
		assertThat(interval.histogram().stream().mapToInt(Interval.Bin::count).sum()).isEqualTo(10_000);
	}

}
