/**
 * The sample application.
 */
@NullMarked
package io.pyboot.sample;

import org.jspecify.annotations.NullMarked;
