package io.pyboot.benchmarks;

import java.util.concurrent.SynchronousQueue;

/**
 * What it costs on this machine to give something to another thread that sleeps and to
 * get it back: the floor of everything that runs on an owner thread.
 */
final class HandOver {

	private HandOver() {
	}

	/** Median nanoseconds there and back. */
	static double nanosOfTwo() {
		SynchronousQueue<Integer> there = new SynchronousQueue<>();
		SynchronousQueue<Integer> back = new SynchronousQueue<>();
		Thread partner = new Thread(() -> {
			try {
				while (there.take() >= 0) {
					back.put(1);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		partner.start();
		double nanos = Stopwatch.nanosEach(20_000, () -> {
			try {
				there.put(1);
				back.take();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		partner.interrupt();
		return nanos;
	}

}
