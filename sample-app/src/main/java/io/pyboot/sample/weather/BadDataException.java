package io.pyboot.sample.weather;

import java.util.List;

/**
 * A file was refused; the message tells its first problem by row and column.
 */
public class BadDataException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<Problem> problems;

	BadDataException(List<Problem> problems) {
		super(problems.get(0).toString());
		this.problems = List.copyOf(problems);
	}

	/**
	 * All problems found, at least one, in the order of the file.
	 */
	public List<Problem> getProblems() {
		return this.problems;
	}

}
