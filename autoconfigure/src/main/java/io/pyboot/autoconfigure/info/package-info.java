/**
 * Auto-configuration of Python's part in the actuator endpoint {@code info}.
 */
@NullMarked
package io.pyboot.autoconfigure.info;

import org.jspecify.annotations.NullMarked;
