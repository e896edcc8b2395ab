package io.pyboot.codec;

/**
 * Bounds on what may cross between Java and Python. They hold in both directions and keep
 * one bad value from exhausting a stack or the memory.
 *
 * @param maxDepth how deep containers may be nested, 1 to 900
 * @param maxMessageSize size of one request or answer in bytes
 */
public record CodecLimits(int maxDepth, int maxMessageSize) {

	/**
	 * 200 levels, 256 MiB.
	 */
	public static final CodecLimits DEFAULT = new CodecLimits(200, 256 << 20);

	public CodecLimits {
		if (maxDepth < 1 || maxDepth > 900) {
			throw new IllegalArgumentException("maxDepth must be from 1 to 900 but is " + maxDepth);
		}
		if (maxMessageSize < 4096 || maxMessageSize > (1 << 30)) {
			throw new IllegalArgumentException("maxMessageSize must be from 4 KiB to 1 GiB but is " + maxMessageSize);
		}
	}

}
