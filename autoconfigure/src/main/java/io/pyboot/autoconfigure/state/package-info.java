/**
 * Auto-configuration of the state that contexts and Java share.
 */
@NullMarked
package io.pyboot.autoconfigure.state;

import org.jspecify.annotations.NullMarked;
