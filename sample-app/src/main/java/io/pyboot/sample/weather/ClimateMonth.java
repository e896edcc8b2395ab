package io.pyboot.sample.weather;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * One month of the calendar over all years.
 *
 * @param month 1 to 12
 * @param days days with a row
 * @param tempMean mean of the daily means
 * @param tempMax mean of the maxima
 * @param tempMin mean of the minima
 * @param warmest highest maximum
 * @param coldest lowest minimum
 * @param precipitation mean of the monthly totals
 * @param wetShare part of the days with at least 1 mm
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ClimateMonth(int month, int days, double tempMean, double tempMax, double tempMin, double warmest,
		double coldest, double precipitation, double wetShare) {

}
