package io.pyboot.autoconfigure.output;

import io.pyboot.logging.OutputTarget;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the output of Python code goes.
 *
 * @param stdout Where sys.stdout goes, line by line to the logger 'python.stdout' or
 * through to the process.
 * @param stderr Where sys.stderr goes, line by line to the logger 'python.stderr' or
 * through to the process.
 */
@ConfigurationProperties("pyboot.output")
public record PythonOutputProperties(@DefaultValue("logger") OutputTarget stdout,
		@DefaultValue("logger") OutputTarget stderr) {

}
