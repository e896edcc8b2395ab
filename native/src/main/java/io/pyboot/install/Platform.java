package io.pyboot.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The operating system, processor and C library of this JVM, named as the folders of the
 * native artifacts are: {@code linux-x86_64}, {@code linux-arm64}, {@code macosx-arm64}.
 *
 * @param os {@code linux}, {@code macosx} or {@code windows}
 * @param arch {@code x86_64}, {@code arm64}, or what the JVM calls it
 * @param musl whether the C library is musl (Alpine) and not glibc
 */
public record Platform(String os, String arch, boolean musl) {

	private static final Path MAPS = Path.of("/proc/self/maps");

	/**
	 * The platform of this JVM.
	 */
	public static Platform current() {
		return of(System.getProperty("os.name"), System.getProperty("os.arch"), runsOnMusl());
	}

	static Platform of(String osName, String osArch, boolean musl) {
		String os = osName.toLowerCase(Locale.ROOT);
		String arch = osArch.toLowerCase(Locale.ROOT);
		return new Platform(
				os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : os.replace(' ', '_'),
				switch (arch) {
					case "amd64", "x86_64", "x64" -> "x86_64";
					case "aarch64", "arm64" -> "arm64";
					default -> arch;
				}, musl);
	}

	/**
	 * {@code <os>-<arch>}, with {@code -musl} where that is the C library.
	 */
	public String folder() {
		return this.os + "-" + this.arch + (this.musl ? "-musl" : "");
	}

	/**
	 * Asks what this process has mapped: a machine may have both C libraries installed.
	 */
	private static boolean runsOnMusl() {
		if (!Files.isReadable(MAPS)) {
			return false;
		}
		try (Stream<String> lines = Files.lines(MAPS)) {
			return lines.anyMatch((line) -> line.contains("/ld-musl-"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
