/**
 * CPython in this process: its life cycle, facts and counters.
 */
@NullMarked
package io.pyboot.runtime;

import org.jspecify.annotations.NullMarked;
