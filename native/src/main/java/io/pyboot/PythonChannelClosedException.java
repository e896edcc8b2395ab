package io.pyboot;

/**
 * A channel is closed: nothing can be sent any more, and everything that was sent before
 * has been received.
 */
public class PythonChannelClosedException extends PythonException {

	private static final long serialVersionUID = 1L;

	/**
	 * @param message which channel, and who is told so
	 */
	public PythonChannelClosedException(String message) {
		super(message);
	}

}
