/**
 * What the actuator shows of Python: health, readiness, the endpoint and info.
 */
@NullMarked
package io.pyboot.actuate;

import org.jspecify.annotations.NullMarked;
