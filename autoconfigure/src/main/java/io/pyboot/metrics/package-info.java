/**
 * Micrometer meters of the pools and of the runtime.
 */
@NullMarked
package io.pyboot.metrics;

import org.jspecify.annotations.NullMarked;
