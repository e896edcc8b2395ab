/**
 * Auto-configuration of the watch over the application's Python files.
 */
@NullMarked
package io.pyboot.autoconfigure.reload;

import org.jspecify.annotations.NullMarked;
