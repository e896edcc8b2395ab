package io.pyboot.sample.weather;

import java.time.YearMonth;
import java.util.List;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A straight line through the daily mean temperature, fitted together with the season.
 *
 * @param days number of days
 * @param years time from the first to the last day
 * @param slopePerYear slope, °C a year
 * @param level of the line on the first day
 * @param residualDeviation standard deviation of what is left
 * @param naiveError standard error of the slope if days were independent, which they are
 * not
 * @param explained part of the variance that season and line explain
 * @param months each month without the season
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Trend(int days, double years, double slopePerYear, double level, double residualDeviation,
		double naiveError, double explained, List<Month> months) {

	/**
	 * One month without the season.
	 *
	 * @param month the month
	 * @param anomaly mean difference from the season
	 * @param fitted the line in the middle of the month
	 */
	public record Month(YearMonth month, double anomaly, double fitted) {

	}

}
