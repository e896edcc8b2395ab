package io.pyboot.sample.weather;

import java.time.LocalDate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What {@code weather.dataset:check} says about a file.
 *
 * @param days number of days, 0 if there are problems
 * @param first the first day, {@code null} if there are problems
 * @param last the last day, {@code null} if there are problems
 * @param problems what is wrong, in the order of the file
 */
record Report(int days, @Nullable LocalDate first, @Nullable LocalDate last, List<Problem> problems) {

}
