package io.pyboot.autoconfigure;

import io.pyboot.pool.PoolOptions;

/**
 * Changes the options of pools after the properties were applied. Beans of this type are
 * applied to every pool, in order; {@link PoolOptions#name()} tells them apart.
 */
@FunctionalInterface
public interface PythonPoolCustomizer {

	/**
	 * Returns the options to use, those given if nothing is to change.
	 * @param options options as configured
	 */
	PoolOptions customize(PoolOptions options);

}
