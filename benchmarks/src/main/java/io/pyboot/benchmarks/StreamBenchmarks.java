package io.pyboot.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.pyboot.PythonChannel;
import io.pyboot.ReadAhead;
import io.pyboot.template.PythonTemplate;

/**
 * What an item costs on its way through a stream, an iterator or a channel.
 */
final class StreamBenchmarks {

	private static final int MANY = 1_000_000;

	private static final int SOME = 20_000;

	private static final int CAPACITY = 1024;

	private final PythonTemplate python;

	private final Table table;

	StreamBenchmarks(PythonTemplate python, Table table) {
		this.python = python;
		this.table = table;
	}

	void run() {
		this.table.atLeast("stream of 1 M ints", millionsPerSecond(MANY, (count) -> read(count, 256)), "M/s", 1);
		this.table.line("an item of a stream, window of 1", 1 / millionsPerSecond(SOME, (count) -> read(count, 1)),
				"us");
		this.table.line("an item of a Java iterator, pulled by Python", 1 / millionsPerSecond(SOME,
				(count) -> this.python.call("bench:total", LongStream.range(0, count).iterator())), "us");
		this.table.line("an item of a Java iterator, 256 ahead", 1e3 / millionsPerSecond(MANY,
				(count) -> this.python.call("bench:total", ReadAhead.of(LongStream.range(0, count).iterator(), 256))),
				"ns");
		this.table.atLeast("channel to Python", millionsPerSecond(MANY, this::sendToPython), "M/s", 1);
		this.table.atLeast("channel to Java, send_all",
				millionsPerSecond(MANY, (count) -> receive("send_together", count)), "M/s", 1);
		this.table.line("channel to Java, send one by one",
				millionsPerSecond(SOME, (count) -> receive("send_each", count)), "M/s");
	}

	private void read(long count, int window) {
		try (Stream<Long> numbers = this.python.function("bench:numbers")
			.args(count)
			.window(window)
			.stream(Long.class)) {
			require(numbers.mapToLong(Long::longValue).sum(), count);
		}
	}

	private void sendToPython(long count) {
		try (PythonChannel<Long> channel = this.python.openChannel(Long.class, CAPACITY)) {
			CompletableFuture<Long> total = this.python.callAsync("bench:total", Long.class, channel);
			for (long i = 0; i < count; i++) {
				channel.send(i);
			}
			channel.close();
			require(total.join(), count);
		}
	}

	private void receive(String function, long count) {
		try (PythonChannel<Long> channel = this.python.openChannel(Long.class, CAPACITY)) {
			CompletableFuture<?> sending = this.python.callAsync("bench:" + function, channel, count);
			long sum = 0;
			for (long i = 0; i < count; i++) {
				sum += channel.receive();
			}
			require(sum, count);
			sending.join();
		}
	}

	private static void require(long sum, long count) {
		if (sum != count * (count - 1) / 2) {
			throw new IllegalStateException("Items were lost: the sum is " + sum);
		}
	}

	private static double millionsPerSecond(int count, LongConsumer work) {
		return count * 1e3 / Stopwatch.nanosEach(1, () -> work.accept(count));
	}

}
