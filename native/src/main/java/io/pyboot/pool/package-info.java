/**
 * Contexts behind one door: who runs where, who waits, who is turned away.
 */
@NullMarked
package io.pyboot.pool;

import org.jspecify.annotations.NullMarked;
