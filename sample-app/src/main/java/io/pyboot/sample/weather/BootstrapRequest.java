package io.pyboot.sample.weather;

/**
 * What to bootstrap. Equal requests give equal intervals, however they are run.
 *
 * @param resamples number of slopes to draw
 * @param blockDays days that are drawn together
 * @param seed seed of the random numbers
 * @param level confidence level
 * @param spread over all contexts, or one chunk after the other in one context
 */
public record BootstrapRequest(int resamples, int blockDays, long seed, double level, boolean spread) {

}
