/**
 * Auto-configuration of the meters of Pyboot.
 */
@NullMarked
package io.pyboot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
