package io.pyboot.binding;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The C tests of libpyboot without sanitizers.
 */
class LibraryProgramTest {

	@TempDir
	private Path directory;

	@Test
	void passes() throws Exception {
		LibraryProgram.run("plain", this.directory);
	}

}
