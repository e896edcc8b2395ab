/**
 * Channels between Java and Python code.
 */
@NullMarked
package io.pyboot.channel;

import org.jspecify.annotations.NullMarked;
