/**
 * Finds a CPython and makes it ready: the one that comes by Maven, or one that the user
 * has.
 */
@NullMarked
package io.pyboot.install;

import org.jspecify.annotations.NullMarked;
