/**
 * Auto-configuration of where the output of Python code goes.
 */
@NullMarked
package io.pyboot.autoconfigure.output;

import org.jspecify.annotations.NullMarked;
