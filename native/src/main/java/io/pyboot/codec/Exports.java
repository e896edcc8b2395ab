package io.pyboot.codec;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a message lets Python reach in Java until its request has ended. Thread-safe.
 */
public final class Exports {

	/** What is to be done at the end; {@code null} once that has been. */
	private @Nullable List<Runnable> ends = new ArrayList<>();

	/**
	 * Adds what ends with the request. If it has ended, it is done at once.
	 */
	public void add(Runnable end) {
		synchronized (this) {
			if (this.ends != null) {
				this.ends.add(end);
				return;
			}
		}
		end.run();
	}

	/**
	 * What the messages of one request let Python reach, of which the last one was taken.
	 */
	public static @Nullable Exports join(@Nullable Exports former, @Nullable Exports latter) {
		if (former == null || latter == null) {
			return (former != null) ? former : latter;
		}
		latter.add(former::end);
		return latter;
	}

	/** The request has ended. A second call does nothing. */
	public void end() {
		List<Runnable> ends;
		synchronized (this) {
			ends = this.ends;
			this.ends = null;
		}
		if (ends != null) {
			ends.forEach(Runnable::run);
		}
	}

}
