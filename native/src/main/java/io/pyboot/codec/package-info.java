/**
 * The wire format: Java values to bytes that libpyboot reads, and back.
 */
@NullMarked
package io.pyboot.codec;

import org.jspecify.annotations.NullMarked;
