package io.pyboot.callable;

import org.jspecify.annotations.Nullable;

/**
 * A method and its arguments.
 *
 * @param method the method
 * @param values the values of its parameters
 * @param distances how far each argument was from its parameter, in the order of the call
 * @param looseness how much was left to defaults or variable arguments
 */
record BoundCall(CallableMethod method, @Nullable Object[] values, int[] distances, int looseness) {

	/**
	 * Whether this suits the arguments better than the other: as well in each, and better
	 * in one, or leaving less to defaults.
	 */
	boolean isBetterThan(BoundCall other) {
		boolean better = false;
		for (int i = 0; i < this.distances.length; i++) {
			if (this.distances[i] > other.distances[i]) {
				return false;
			}
			better |= this.distances[i] < other.distances[i];
		}
		return better || this.looseness < other.looseness;
	}

}
