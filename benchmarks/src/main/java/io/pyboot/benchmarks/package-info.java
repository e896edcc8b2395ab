/**
 * Measures what docs/performance.md states.
 */
@NullMarked
package io.pyboot.benchmarks;

import org.jspecify.annotations.NullMarked;
