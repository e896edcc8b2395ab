package io.pyboot.callable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets Python code call a method of a bean, by a name: {@code from pyboot import name},
 * {@code pyboot.name(...)} or {@code pyboot.call("name", ...)}. Nothing that is not
 * annotated can be reached.
 * <p>
 * The annotation may stand on the method of a class, a superclass or an interface. The
 * call goes through the bean's proxy, so {@code @Transactional} and the like hold. It
 * runs on the Java thread that waits for the Python code, else on an executor; several
 * threads may call at once. Methods that share a name are overloads: the arguments choose
 * among them. See docs/callbacks.md.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
public @interface PythonCallable {

	/**
	 * The name in Python, an identifier; that of the method if it is empty.
	 */
	String value() default "";

}
