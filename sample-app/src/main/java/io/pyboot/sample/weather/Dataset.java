package io.pyboot.sample.weather;

/**
 * A file of daily weather that was checked.
 */
public final class Dataset {

	private final DatasetInfo info;

	private final byte[] content;

	Dataset(DatasetInfo info, byte[] content) {
		this.info = info;
		this.content = content;
	}

	public DatasetInfo info() {
		return this.info;
	}

	/**
	 * The file itself, not to be changed. Each call to Python takes it along: a context
	 * that has seen it finds what it parsed in a cache.
	 */
	byte[] content() {
		return this.content;
	}

}
