package io.pyboot.sample.weather;

import java.time.LocalDate;
import java.util.Map;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A whole file at a glance; temperatures in °C, precipitation in mm, wind in m/s.
 *
 * @param days number of days
 * @param first the first day
 * @param last the last day
 * @param missingDays days between them without a row
 * @param tempMean mean of the daily means
 * @param warmest the day of the highest maximum
 * @param coldest the day of the lowest minimum
 * @param wettest the day of the most precipitation
 * @param windiest the day of the highest mean wind
 * @param precipitation total
 * @param wetDays days with at least 1 mm
 * @param longestDrySpell most days in a row that were not wet
 * @param kinds number of days by kind of weather
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Summary(int days, LocalDate first, LocalDate last, int missingDays, double tempMean, Extreme warmest,
		Extreme coldest, Extreme wettest, Extreme windiest, double precipitation, int wetDays, int longestDrySpell,
		Map<String, Integer> kinds) {

	/**
	 * An extreme and its day.
	 *
	 * @param date the first day that had it
	 * @param value the value
	 */
	public record Extreme(LocalDate date, double value) {

	}

}
