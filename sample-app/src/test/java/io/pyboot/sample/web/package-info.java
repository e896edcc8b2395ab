@NullMarked
package io.pyboot.sample.web;

import org.jspecify.annotations.NullMarked;
