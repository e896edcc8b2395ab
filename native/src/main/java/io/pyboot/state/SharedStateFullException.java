package io.pyboot.state;

import io.pyboot.PythonException;

/**
 * The shared state has as many keys as it may have. Remove some, or raise the maximum.
 */
public class SharedStateFullException extends PythonException {

	private static final long serialVersionUID = 1L;

	/**
	 * @param key the key that found no place
	 * @param maximum how many keys there may be
	 */
	public SharedStateFullException(String key, int maximum) {
		super("The shared state has " + maximum + " entries, as many as it may have (pyboot.state.max-entries), so '"
				+ key + "' finds no place");
	}

}
