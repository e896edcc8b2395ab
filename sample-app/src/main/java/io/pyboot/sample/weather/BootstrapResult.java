package io.pyboot.sample.weather;

import java.util.List;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A bootstrap of the trend and how it was run. Times are milliseconds.
 *
 * @param interval the result
 * @param seed seed of the random numbers
 * @param blockDays days that were drawn together
 * @param contexts number of contexts that took part
 * @param elapsed from the request to the result
 * @param cpu processor time of all contexts together
 * @param chunks when each chunk ran where, by its start
 */
@JsonNaming(SnakeCaseStrategy.class)
public record BootstrapResult(Interval interval, long seed, int blockDays, int contexts, double elapsed, double cpu,
		List<Chunk> chunks) {

	/**
	 * One chunk of the work.
	 *
	 * @param chunk its number
	 * @param context the context that ran it, counted from 0 in order of appearance
	 * @param started after the first chunk's start
	 * @param ended after the first chunk's start
	 */
	public record Chunk(int chunk, int context, double started, double ended) {

	}

}
