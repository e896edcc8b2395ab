package io.pyboot.sample.weather;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a file.
 *
 * @param row line of the file, the header is 1
 * @param column name of the column, {@code null} if the whole row is meant
 * @param message what is wrong
 */
public record Problem(int row, @Nullable String column, String message) {

	@Override
	public String toString() {
		return "row " + this.row + ((this.column != null) ? ", column " + this.column : "") + ": " + this.message;
	}

}
