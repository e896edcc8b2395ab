package io.pyboot.sample.weather;

import java.time.LocalDate;
import java.util.List;

/**
 * The forecast for the day after the last of a file.
 *
 * @param date the day
 * @param forecast its maximum
 * @param low lower end of the middle 80 percent
 * @param high upper end of the middle 80 percent
 * @param similar the days it rests on, most similar first
 */
public record Tomorrow(LocalDate date, double forecast, double low, double high, List<LocalDate> similar) {

}
