/**
 * What Python code logs and prints, in the log of the application.
 */
@NullMarked
package io.pyboot.logging;

import org.jspecify.annotations.NullMarked;
