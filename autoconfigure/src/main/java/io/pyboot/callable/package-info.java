/**
 * What Python code may call in a Spring application: methods annotated with
 * {@link io.pyboot.callable.PythonCallable} and a few functions of the application.
 */
@NullMarked
package io.pyboot.callable;

import org.jspecify.annotations.NullMarked;
