package io.pyboot.codec;

/**
 * A value that knows how it is written.
 */
public interface WireWritable {

	/**
	 * Writes exactly one value.
	 */
	void writeTo(WireEncoder encoder);

}
