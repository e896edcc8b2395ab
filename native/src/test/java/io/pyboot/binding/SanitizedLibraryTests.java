package io.pyboot.binding;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The C tests of libpyboot, plain, with AddressSanitizer and UBSan, and with
 * ThreadSanitizer. Run by {@code mvn -pl native -Psanitize verify}.
 */
@Tag("sanitize")
@EnabledIfSystemProperty(named = "pyboot.sanitize", matches = "true",
		disabledReason = "runs with mvn -pl native -Psanitize verify")
class SanitizedLibraryTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "plain", "address", "thread" })
	void passes(String way) throws Exception {
		LibraryProgram.run(way, this.directory);
	}

}
