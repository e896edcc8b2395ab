/**
 * The exceptions that everything in Pyboot throws: one class is one thing a caller may do
 * about it.
 */
@NullMarked
package io.pyboot;

import org.jspecify.annotations.NullMarked;
