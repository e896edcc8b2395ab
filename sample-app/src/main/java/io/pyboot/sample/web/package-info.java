/**
 * The desk as JSON over HTTP.
 */
@NullMarked
package io.pyboot.sample.web;

import org.jspecify.annotations.NullMarked;
