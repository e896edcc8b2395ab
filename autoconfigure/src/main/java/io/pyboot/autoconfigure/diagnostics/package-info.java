/**
 * What is printed when an application does not start because of Python.
 */
@NullMarked
package io.pyboot.autoconfigure.diagnostics;

import org.jspecify.annotations.NullMarked;
