package io.pyboot.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Times work: some rounds to warm up, then the median of several. Rounds rather than one
 * long run, since other work on the machine disturbs some of them.
 */
final class Stopwatch {

	private static final int WARM_UP = 5;

	private static final int ROUNDS = 9;

	private Stopwatch() {
	}

	/** Median nanoseconds of one of the repetitions. */
	static double nanosEach(int repetitions, Runnable work) {
		double[] rounds = new double[ROUNDS];
		for (int round = -WARM_UP; round < ROUNDS; round++) {
			long began = System.nanoTime();
			for (int i = 0; i < repetitions; i++) {
				work.run();
			}
			if (round >= 0) {
				rounds[round] = (System.nanoTime() - began) / (double) repetitions;
			}
		}
		return median(rounds);
	}

	static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	/** Calls completed by each of the threads within the time. */
	static long[] callsOfThreads(int threads, long millis, Runnable work) {
		long[] counts = new long[threads];
		AtomicBoolean stop = new AtomicBoolean();
		CountDownLatch ready = new CountDownLatch(threads);
		CountDownLatch go = new CountDownLatch(1);
		List<Thread> all = new ArrayList<>();
		for (int t = 0; t < threads; t++) {
			int number = t;
			Thread thread = new Thread(() -> {
				work.run();
				ready.countDown();
				try {
					go.await();
				}
				catch (InterruptedException ex) {
					return;
				}
				long count = 0;
				while (!stop.get()) {
					work.run();
					count++;
				}
				counts[number] = count;
			});
			thread.start();
			all.add(thread);
		}
		try {
			ready.await();
			go.countDown();
			Thread.sleep(millis);
			stop.set(true);
			for (Thread thread : all) {
				thread.join();
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return counts;
	}

	/** Median calls a second of so many threads together. */
	static double callsPerSecond(int threads, Runnable work) {
		double[] rounds = new double[5];
		callsOfThreads(threads, 1000, work);
		for (int round = 0; round < rounds.length; round++) {
			rounds[round] = Arrays.stream(callsOfThreads(threads, 1000, work)).sum();
		}
		return median(rounds);
	}

}
