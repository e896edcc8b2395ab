/**
 * What Python code may call in Java: callbacks by name, and how their messages are read
 * and answered.
 */
@NullMarked
package io.pyboot.callback;

import org.jspecify.annotations.NullMarked;
