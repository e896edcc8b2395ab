/**
 * Auto-configuration of Python's part in health and readiness.
 */
@NullMarked
package io.pyboot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
