package io.pyboot.sample.weather;

/**
 * There is no file with this id, or no longer.
 */
public class UnknownDatasetException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	UnknownDatasetException(String id) {
		super("There is no dataset '" + id + "'; it may have made room for newer ones");
	}

}
