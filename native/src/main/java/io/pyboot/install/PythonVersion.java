package io.pyboot.install;

/**
 * A CPython version such as 3.14.3.
 *
 * @param major 3
 * @param minor 14
 * @param micro 3
 */
public record PythonVersion(int major, int minor, int micro) implements Comparable<PythonVersion> {

	/**
	 * Parses {@code 3.14.3}, {@code 3.14.3+} or {@code 3.14}.
	 * @param text the version as Python or a {@code pyvenv.cfg} writes it
	 * @throws IllegalArgumentException if it is no version
	 */
	public static PythonVersion parse(String text) {
		String[] parts = text.strip().split("\\.", 4);
		if (parts.length < 2) {
			throw new IllegalArgumentException("'" + text + "' is no Python version");
		}
		return new PythonVersion(number(parts[0], text), number(parts[1], text),
				(parts.length > 2) ? number(parts[2], text) : 0);
	}

	private static int number(String part, String text) {
		String digits = part.replaceAll("\\D.*$", "");
		if (digits.isEmpty()) {
			throw new IllegalArgumentException("'" + text + "' is no Python version");
		}
		return Integer.parseInt(digits);
	}

	/**
	 * Whether this version is the given feature release or a later one.
	 */
	public boolean isAtLeast(int major, int minor) {
		return this.major > major || (this.major == major && this.minor >= minor);
	}

	/**
	 * {@code 3.14}, the part that decides about binary compatibility.
	 */
	public String feature() {
		return this.major + "." + this.minor;
	}

	@Override
	public int compareTo(PythonVersion other) {
		int byMajor = Integer.compare(this.major, other.major);
		int byMinor = Integer.compare(this.minor, other.minor);
		return (byMajor != 0) ? byMajor : (byMinor != 0) ? byMinor : Integer.compare(this.micro, other.micro);
	}

	@Override
	public String toString() {
		return this.major + "." + this.minor + "." + this.micro;
	}

}
