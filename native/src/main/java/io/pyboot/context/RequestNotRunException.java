package io.pyboot.context;

import io.pyboot.PythonException;

/**
 * The context ended before the request's turn came. The request has had no effect and may
 * be given to another context; users never see this.
 */
public final class RequestNotRunException extends PythonException {

	private static final long serialVersionUID = 1L;

	public RequestNotRunException() {
		super("The context ended before the request's turn came");
	}

}
