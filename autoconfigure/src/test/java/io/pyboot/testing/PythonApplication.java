package io.pyboot.testing;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/**
 * An application with nothing but the auto-configurations on the class path.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class PythonApplication {

}
