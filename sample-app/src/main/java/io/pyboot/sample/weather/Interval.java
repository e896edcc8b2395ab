package io.pyboot.sample.weather;

import java.util.List;

/**
 * What a bootstrap says about the slope, in °C a year.
 *
 * @param resamples number of slopes drawn
 * @param level confidence level
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @param median median of the slopes
 * @param error their standard deviation
 * @param positive part of them above zero
 * @param histogram their distribution
 */
public record Interval(int resamples, double level, double low, double high, double median, double error,
		double positive, List<Bin> histogram) {

	/**
	 * One bar.
	 *
	 * @param low its lower end
	 * @param high its upper end
	 * @param count slopes in it
	 */
	public record Bin(double low, double high, int count) {

	}

}
