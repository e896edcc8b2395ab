/**
 * Values that all contexts and Java share, by key.
 */
@NullMarked
package io.pyboot.state;

import org.jspecify.annotations.NullMarked;
