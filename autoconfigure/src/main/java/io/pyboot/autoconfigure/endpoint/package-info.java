/**
 * Auto-configuration of the actuator endpoint {@code python}.
 */
@NullMarked
package io.pyboot.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
