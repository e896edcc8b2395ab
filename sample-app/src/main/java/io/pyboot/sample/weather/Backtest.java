package io.pyboot.sample.weather;

import java.time.LocalDate;
import java.util.List;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The forecast of the daily maximum, checked on the last 365 days. Errors are mean
 * absolute errors in °C.
 *
 * @param neighbours number of similar days used
 * @param pastDays days that the method knew
 * @param error of the forecast
 * @param persistenceError of saying that tomorrow is like today
 * @param climatologyError of saying that tomorrow is like this time of the year
 * @param bias mean error of the forecast
 * @param days each day
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Backtest(int neighbours, int pastDays, double error, double persistenceError, double climatologyError,
		double bias, List<Day> days) {

	/**
	 * One day that was held back.
	 *
	 * @param date the day
	 * @param actual what came
	 * @param forecast what was forecast the day before
	 * @param persistence what came the day before
	 * @param climatology what the past had at this time of the year
	 */
	public record Day(LocalDate date, double actual, double forecast, double persistence, double climatology) {

	}

}
