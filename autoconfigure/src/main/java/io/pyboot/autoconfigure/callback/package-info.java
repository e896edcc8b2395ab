/**
 * Auto-configuration of what Python code may call.
 */
@NullMarked
package io.pyboot.autoconfigure.callback;

import org.jspecify.annotations.NullMarked;
