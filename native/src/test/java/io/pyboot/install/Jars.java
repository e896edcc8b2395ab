package io.pyboot.install;

import java.io.IOException;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.springframework.boot.loader.net.protocol.Handlers;

/**
 * Makes jars, and jars within jars as Spring Boot packs them.
 */
public final class Jars {

	private Jars() {
	}

	/**
	 * Writes a jar that has entries for files but none for folders.
	 */
	public static Path write(Path jar, Map<String, String> files) throws IOException {
		try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
			for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
				zip.putNextEntry(new ZipEntry(file.getKey()));
				zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
			}
		}
		return jar;
	}

	/**
	 * Packs a jar into another as Spring Boot does: stored, below {@code BOOT-INF/lib}.
	 * @return the URL of the inner jar, which ends in {@code !/}
	 */
	public static URL nest(Path inner, Path outer) throws IOException {
		byte[] content = Files.readAllBytes(inner);
		ZipEntry entry = new ZipEntry("BOOT-INF/lib/inner.jar");
		entry.setMethod(ZipEntry.STORED);
		entry.setSize(content.length);
		CRC32 crc = new CRC32();
		crc.update(content);
		entry.setCrc(crc.getValue());
		try (OutputStream out = Files.newOutputStream(outer); ZipOutputStream zip = new ZipOutputStream(out)) {
			zip.putNextEntry(entry);
			zip.write(content);
		}
		Handlers.register();
		return new URL("jar:nested:" + outer.toUri().getRawPath() + "/!BOOT-INF/lib/inner.jar!/");
	}

	public static URL root(Path jar) throws MalformedURLException {
		return new URL("jar:" + jar.toUri() + "!/");
	}

	/**
	 * A class loader that sees these jars or directories and nothing else.
	 */
	public static URLClassLoader loader(URL... urls) {
		return new URLClassLoader(urls, null);
	}

}
