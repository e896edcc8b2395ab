package io.pyboot.logging;

/**
 * Makes surrogates without their other half visible. A str of Python may have some, and
 * appenders would write each as a question mark.
 */
final class LoneSurrogates {

	private LoneSurrogates() {
	}

	/**
	 * The text with each lone surrogate replaced by its escape, such as {@code \ud83d}.
	 */
	static String escape(String text) {
		int first = next(text, 0);
		return (first < 0) ? text : escape(text, first);
	}

	private static String escape(String text, int first) {
		StringBuilder escaped = new StringBuilder(text.length() + 16);
		int done = 0;
		for (int at = first; at >= 0; at = next(text, done)) {
			escaped.append(text, done, at).append(String.format("\\u%04x", (int) text.charAt(at)));
			done = at + 1;
		}
		return escaped.append(text, done, text.length()).toString();
	}

	private static int next(String text, int from) {
		for (int i = from; i < text.length(); i++) {
			char c = text.charAt(i);
			if (Character.isSurrogate(c)) {
				if (Character.isHighSurrogate(c) && i + 1 < text.length()
						&& Character.isLowSurrogate(text.charAt(i + 1))) {
					i++;
				}
				else {
					return i;
				}
			}
		}
		return -1;
	}

}
