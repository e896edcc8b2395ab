/**
 * Auto-configuration of Pyboot: when which bean is made of which property.
 */
@NullMarked
package io.pyboot.autoconfigure;

import org.jspecify.annotations.NullMarked;
