/**
 * What the desk knows: files of daily weather and the results of their analysis in
 * Python.
 */
@NullMarked
package io.pyboot.sample.weather;

import org.jspecify.annotations.NullMarked;
