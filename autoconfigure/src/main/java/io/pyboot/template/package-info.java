/**
 * What an application injects: {@link io.pyboot.template.PythonTemplate} and its
 * interface {@link io.pyboot.template.PythonOperations}.
 */
@NullMarked
package io.pyboot.template;

import org.jspecify.annotations.NullMarked;
