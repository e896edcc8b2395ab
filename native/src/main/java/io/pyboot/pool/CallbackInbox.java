package io.pyboot.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Callbacks for a thread that waits for a future: it runs them until the future is
 * complete. Virtual threads wait so, since they must not block in native code.
 */
final class CallbackInbox implements Executor {

	private static final Runnable END = () -> {
	};

	private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

	/** The waiting ends when the future does. */
	void closeWith(CompletableFuture<?> future) {
		future.whenComplete((value, failure) -> this.tasks.add(END));
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
	}

	/**
	 * Runs callbacks until the future is complete.
	 * @param timeout how long nothing may happen, {@code null} for ever
	 * @return whether it is complete
	 */
	boolean serve(@Nullable Duration timeout) throws InterruptedException {
		while (true) {
			Runnable task = (timeout != null) ? this.tasks.poll(timeout.toNanos(), TimeUnit.NANOSECONDS)
					: this.tasks.take();
			if (task == null) {
				return false;
			}
			if (task == END) {
				return true;
			}
			task.run();
		}
	}

}
