package io.pyboot.codec;

/**
 * A value that cannot cross, on its way up through the containers, each of which puts its
 * step in front of the path. Has no stack trace: it becomes a
 * {@link io.pyboot.PythonConversionException} at the top.
 */
final class ConversionFailure extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final int MAX_PATH = 512;

	private String path = "";

	ConversionFailure(String message) {
		super(message, null, false, false);
	}

	ConversionFailure at(int index) {
		return at("[" + index + "]");
	}

	ConversionFailure atKey(Object key) {
		return at((key instanceof String) ? "['" + abbreviate(key) + "']" : "[" + abbreviate(key) + "]");
	}

	ConversionFailure at(String step) {
		if (this.path.length() < MAX_PATH) {
			this.path = step + this.path;
		}
		return this;
	}

	private static String abbreviate(Object key) {
		String text = String.valueOf(key);
		return (text.length() > 80) ? text.substring(0, 77) + "..." : text;
	}

	String path() {
		return this.path;
	}

}
