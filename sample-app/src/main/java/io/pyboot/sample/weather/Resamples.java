package io.pyboot.sample.weather;

import java.util.List;

/**
 * What {@code weather.trend:resample} gives: one chunk of a bootstrap.
 *
 * @param chunk number of the chunk
 * @param context token of the context that ran it
 * @param slopes the slopes drawn
 * @param started start in ms, on one clock for all contexts
 * @param ended end in ms
 * @param cpu ms of processor time
 */
record Resamples(int chunk, String context, List<Double> slopes, double started, double ended, double cpu) {

}
