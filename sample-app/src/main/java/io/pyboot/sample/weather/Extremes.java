package io.pyboot.sample.weather;

import java.time.LocalDate;
import java.util.List;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The most and the least pleasant days.
 *
 * @param best best first
 * @param worst worst first
 */
public record Extremes(List<Day> best, List<Day> worst) {

	/**
	 * A day and its score.
	 *
	 * @param date the day
	 * @param score 100 less 3 for each degree that the maximum is away from 23 °C, 2 for
	 * each mm of precipitation and 3 for each m/s of wind above 3
	 * @param tempMax maximum
	 * @param tempMin minimum
	 * @param precipitation precipitation
	 * @param wind mean wind
	 * @param weather kind of weather
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	public record Day(LocalDate date, double score, double tempMax, double tempMin, double precipitation, double wind,
			String weather) {

	}

}
