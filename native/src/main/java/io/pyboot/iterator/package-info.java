/**
 * Java iterators that Python code pulls.
 */
@NullMarked
package io.pyboot.iterator;

import org.jspecify.annotations.NullMarked;
