package io.pyboot.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The mounted file systems of this process, as {@code /proc/self/mountinfo} lists them.
 * Elsewhere than on Linux there are none, and nothing is known to be noexec.
 */
final class Mounts {

	private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

	private final List<Mount> mounts;

	private Mounts(List<Mount> mounts) {
		this.mounts = mounts;
	}

	static Mounts current() {
		if (!Files.isReadable(MOUNTINFO)) {
			return new Mounts(List.of());
		}
		try {
			return parse(Files.readAllLines(MOUNTINFO, StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Parses lines such as {@code 36 35 98:0 /root /mount/point rw,noexec shared:1 - ext4
	 * /dev/sda rw}.
	 */
	static Mounts parse(List<String> lines) {
		return new Mounts(lines.stream()
			.map((line) -> line.split(" "))
			.filter((fields) -> fields.length > 5)
			.map((fields) -> new Mount(Path.of(unescape(fields[4])),
					Arrays.asList(fields[5].split(",")).contains("noexec")))
			.toList());
	}

	/**
	 * Whether programs and libraries below a directory may not be executed.
	 * @param directory an existing directory, absolute and without symbolic links
	 */
	boolean isNoexec(Path directory) {
		Mount best = null;
		for (Mount mount : this.mounts) {
			// Of mounts on the same point the last one is on top.
			if (directory.startsWith(mount.point())
					&& (best == null || mount.point().getNameCount() >= best.point().getNameCount())) {
				best = mount;
			}
		}
		return best != null && best.noexec();
	}

	/**
	 * The kernel writes space, tab, newline and backslash as octal.
	 */
	private static String unescape(String field) {
		String bytes = field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
		return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

	private record Mount(Path point, boolean noexec) {
	}

}
