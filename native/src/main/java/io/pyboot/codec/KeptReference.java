package io.pyboot.codec;

/**
 * A Python object that is kept in its context, as the codec sees it.
 */
public interface KeptReference {

	/** Id of the context that keeps the object. */
	long contextId();

	/** Id of the object in that context. */
	long id();

	/**
	 * Takes a count of the id for a message.
	 * @throws IllegalStateException if the handle was closed
	 * @throws io.pyboot.PythonContextLostException if the context is gone
	 */
	void beginJourney();

	/** Names the object and its context, in errors. */
	String describe();

}
