package io.pyboot;

import java.io.Serializable;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Python code raised an exception. Carries what Python knows about it: the type, the
 * message, the traceback as Python prints it, notes (PEP 678) and, as
 * {@link #getCause()}, the exception it was raised from. The Python frames stand on top
 * of the Java stack trace. The members of an exception group (PEP 654) are the suppressed
 * exceptions.
 */
public class PythonCallException extends PythonException {

	private static final long serialVersionUID = 1L;

	private final String pythonType;

	private final String pythonMessage;

	private final String traceback;

	private final List<String> notes;

	private final List<Frame> frames;

	/**
	 * @param pythonType qualified name of the Python class, {@code ValueError} or
	 * {@code package.module.Class}
	 * @param pythonMessage {@code str()} of the exception, possibly empty
	 * @param traceback what Python prints for the exception, chain included
	 * @param notes notes added by {@code add_note}
	 * @param frames Python frames, innermost first
	 * @param cause the exception this one was raised from or while handling, or
	 * {@code null}
	 */
	// setStackTrace is called on this, but it reads nothing that a subclass could set.
	@SuppressWarnings("this-escape")
	public PythonCallException(String pythonType, String pythonMessage, String traceback, List<String> notes,
			List<Frame> frames, @Nullable Throwable cause) {
		super(pythonMessage.isEmpty() ? pythonType : pythonType + ": " + pythonMessage, cause);
		this.pythonType = pythonType;
		this.pythonMessage = pythonMessage;
		this.traceback = traceback;
		this.notes = List.copyOf(notes);
		this.frames = List.copyOf(frames);
		setStackTrace(withPythonFrames(getStackTrace()));
	}

	private StackTraceElement[] withPythonFrames(StackTraceElement[] java) {
		StackTraceElement[] all = new StackTraceElement[this.frames.size() + java.length];
		int i = 0;
		for (Frame frame : this.frames) {
			all[i++] = new StackTraceElement(frame.module(), frame.function(), frame.file(), frame.line());
		}
		System.arraycopy(java, 0, all, i, java.length);
		return all;
	}

	/**
	 * Qualified name of the Python class: {@code ValueError} for a builtin, else
	 * {@code module.Class}.
	 */
	public String getPythonType() {
		return this.pythonType;
	}

	/**
	 * {@code str()} of the Python exception, possibly empty.
	 */
	public String getPythonMessage() {
		return this.pythonMessage;
	}

	/**
	 * The traceback as Python prints it, with file and line, causes and contexts
	 * included.
	 */
	public String getTraceback() {
		return this.traceback;
	}

	/**
	 * Notes added by {@code BaseException.add_note}, in order.
	 */
	public List<String> getNotes() {
		return this.notes;
	}

	/**
	 * The Python frames of the traceback, innermost first.
	 */
	public List<Frame> getFrames() {
		return this.frames;
	}

	/**
	 * One Python frame.
	 *
	 * @param module value of {@code __name__} in the frame's globals
	 * @param function the code's qualified name
	 * @param file the code's file name
	 * @param line line number, 1-based, or -1 if unknown
	 */
	public record Frame(String module, String function, String file, int line) implements Serializable {

	}

}
