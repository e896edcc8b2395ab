package io.pyboot.sample.weather;

import java.time.YearMonth;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * One month of one year.
 *
 * @param month the month
 * @param days days with a row
 * @param tempMean mean of the daily means
 * @param tempMax mean of the maxima
 * @param tempMin mean of the minima
 * @param warmest highest maximum
 * @param coldest lowest minimum
 * @param precipitation total
 * @param wetDays days with at least 1 mm
 * @param wind mean wind
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MonthSummary(YearMonth month, int days, double tempMean, double tempMax, double tempMin, double warmest,
		double coldest, double precipitation, int wetDays, double wind) {

}
