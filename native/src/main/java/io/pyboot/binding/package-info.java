/**
 * The JNA binding of libpyboot. Only `codec` and `context` and `runtime` use it.
 */
@NullMarked
package io.pyboot.binding;

import org.jspecify.annotations.NullMarked;
