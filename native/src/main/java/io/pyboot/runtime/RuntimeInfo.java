package io.pyboot.runtime;

import java.util.List;

import io.pyboot.install.PythonInstallation;

/**
 * Facts about the running CPython.
 *
 * @param installation which one it is
 * @param fullVersion {@code sys.version}
 * @param path {@code sys.path} of the main interpreter as CPython started
 */
public record RuntimeInfo(PythonInstallation installation, String fullVersion, List<String> path) {

}
