package io.pyboot.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.pyboot.install.PythonInstallation;
import io.pyboot.install.PythonInstallation.Source;

/**
 * Where the system keeps the certificates of its authorities. The bundled CPython was
 * built elsewhere and has a path compiled in that does not exist here, so without help
 * every TLS connection of Python code fails.
 */
final class CertificateBundle {

	/** Debian and its kin, Red Hat and its kin, Alpine, openSUSE. */
	private static final List<Path> KNOWN = List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"),
			Path.of("/etc/pki/tls/certs/ca-bundle.crt"), Path.of("/etc/ssl/cert.pem"),
			Path.of("/etc/ssl/ca-bundle.pem"));

	private CertificateBundle() {
	}

	/**
	 * What to add to Python's environment: {@code SSL_CERT_FILE} for the bundled CPython,
	 * unless the user has set it or {@code SSL_CERT_DIR}.
	 */
	static Map<String, String> environment(PythonInstallation installation, Map<String, String> environment) {
		if (installation.source() != Source.BUNDLED || environment.containsKey("SSL_CERT_FILE")
				|| environment.containsKey("SSL_CERT_DIR")) {
			return Map.of();
		}
		return KNOWN.stream()
			.filter(Files::isReadable)
			.findFirst()
			.map((bundle) -> Map.of("SSL_CERT_FILE", bundle.toString()))
			.orElse(Map.of());
	}

}
