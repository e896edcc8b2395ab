/**
 * One interpreter and its owner thread, as Java sees it.
 */
@NullMarked
package io.pyboot.context;

import org.jspecify.annotations.NullMarked;
