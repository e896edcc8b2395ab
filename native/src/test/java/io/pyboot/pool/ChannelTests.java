package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonChannel;
import io.pyboot.PythonChannelClosedException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Channels between Java and Python.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChannelTests {

	private PythonRuntime runtime;

	/** Of two contexts. */
	private PythonPool pool;

	PythonMode mode() {
		return PythonMode.AUTO;
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.pool = PythonPool.open(this.runtime, PoolOptions.named("channels").withSize(2).withMode(mode()));
		this.pool.broadcast(PythonRequest.exec("""
				import pyboot, threading
				def echo(channel):
				    for message in channel:
				        channel.send(message)
				def collect(channel):
				    return list(channel)
				def report(channel, how):
				    try:
				        return how(channel)
				    except Exception as e:
				        return f"{type(e).__name__}: {e}"
				""", Map.of()), Engine.NONE);
	}

	@AfterEach
	void nothingIsLeft() {
		assertThat(this.pool.channels().count()).isZero();
	}

	@AfterAll
	void close() {
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
	}

	private PythonChannel<Object> channel(int capacity) {
		return this.pool.openChannel(null, capacity, (message) -> message);
	}

	private CompletableFuture<@Nullable Object> inPython(String expression, PythonChannel<?> channel) {
		return this.pool.submit(PythonRequest.eval(expression, Map.of("channel", channel)), Engine.NONE);
	}

	@Test
	void messagesGoBothWaysInOrder() throws Exception {
		try (PythonChannel<Object> channel = channel(8)) {
			CompletableFuture<?> echo = inPython("echo(channel)", channel);
			for (Object message : Arrays.asList(1L, "two", null, List.of(4L), Map.of("five", 5.5))) {
				channel.send(message);
				assertThat(channel.receive()).isEqualTo(message);
			}
			channel.close();
			echo.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void everyMessageArrivesOnceAndInOrder() throws Exception {
		int count = 20_000;
		try (PythonChannel<Object> channel = channel(64)) {
			CompletableFuture<?> echo = inPython("echo(channel)", channel);
			CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
				for (long i = 0; i < count; i++) {
					channel.send(i);
				}
			});
			for (long i = 0; i < count; i++) {
				assertThat(channel.receive()).isEqualTo(i);
			}
			sender.join();
			channel.close();
			echo.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void manySendersAndReceiversShareAChannel() throws Exception {
		try (PythonChannel<Object> channel = channel(16)) {
			List<CompletableFuture<?>> echoes = List.of(inPython("echo(channel)", channel),
					inPython("echo(channel)", channel));
			List<CompletableFuture<?>> senders = new ArrayList<>();
			Set<Object> seen = ConcurrentHashMap.newKeySet();
			for (int i = 0; i < 4; i++) {
				long from = i * 1000L;
				senders.add(CompletableFuture.runAsync(() -> LongStream.range(from, from + 1000).forEach(channel::send),
						(task) -> new Thread(task).start()));
				senders.add(CompletableFuture.runAsync(
						() -> LongStream.range(0, 1000)
							.forEach((n) -> assertThat(seen.add(channel.receive())).isTrue()),
						(task) -> new Thread(task).start()));
			}
			for (CompletableFuture<?> sender : senders) {
				sender.get(50, TimeUnit.SECONDS);
			}
			assertThat(seen).hasSize(4000);
			channel.close();
			for (CompletableFuture<?> echo : echoes) {
				echo.get(30, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void theOtherSideGetsWhatWasSentBeforeTheClose() {
		try (PythonChannel<Object> channel = channel(8)) {
			channel.send(1);
			channel.send(2);
			channel.close();
			assertThat(inPython("[len(channel), channel.closed, collect(channel)]", channel)
				.orTimeout(30, TimeUnit.SECONDS)
				.join()).isEqualTo(List.of(2L, true, List.of(1L, 2L)));
		}
		try (PythonChannel<Object> channel = channel(8)) {
			inPython("[channel.send(1), channel.send(2), channel.close()]", channel).join();
			assertThat(channel).containsExactly(1L, 2L);
			assertThat(channel.isClosed()).isTrue();
		}
	}

	@Test
	void aClosedChannelSaysSo() {
		PythonChannel<Object> channel = channel(8);
		channel.close();
		channel.close();
		assertThatExceptionOfType(PythonChannelClosedException.class).isThrownBy(() -> channel.send(1));
		assertThatExceptionOfType(PythonChannelClosedException.class).isThrownBy(channel::receive);
		assertThatExceptionOfType(PythonChannelClosedException.class)
			.isThrownBy(() -> channel.receive(Duration.ofSeconds(1)));
		assertThat(channel.tryReceive((message) -> {
		})).isFalse();
		for (String use : List.of("channel.send(1)", "channel.receive()", "channel.try_send(1)",
				"channel.try_receive()", "channel.send_all([1])")) {
			assertThat(inPython("report(channel, lambda channel: " + use + ")", channel).join()).asString()
				.startsWith("ChannelClosed: the channel is closed");
		}
	}

	@Test
	void closingWakesWhoeverWaits() throws Exception {
		for (String use : List.of("channel.receive()", "[channel.send(i) for i in range(3)]")) {
			try (PythonChannel<Object> channel = channel(2)) {
				CompletableFuture<?> waiting = inPython("report(channel, lambda channel: " + use + ")", channel);
				channel.close();
				assertThat(waiting.get(30, TimeUnit.SECONDS)).asString().startsWith("ChannelClosed");
			}
		}
		PythonChannel<Object> channel = channel(1);
		CompletableFuture<?> receiver = CompletableFuture.supplyAsync(channel::receive);
		inPython("channel.close()", channel).join();
		assertThat(receiver).failsWithin(Duration.ofSeconds(30))
			.withThrowableOfType(java.util.concurrent.ExecutionException.class)
			.withCauseInstanceOf(PythonChannelClosedException.class);
	}

	@Test
	void aFullChannelRefusesAndHoldsBackItsSenders() {
		try (PythonChannel<Object> channel = channel(2)) {
			assertThat(channel.capacity()).isEqualTo(2);
			assertThat(channel.trySend(1)).isTrue();
			assertThat(channel.trySend(2)).isTrue();
			assertThat(channel.trySend(3)).isFalse();
			assertThatExceptionOfType(PythonTimeoutException.class)
				.isThrownBy(() -> channel.send(3, Duration.ofMillis(10)))
				.withMessageContaining("was full for 10 ms");
			assertThat(inPython("[channel.try_send(i) for i in range(3)]", channel).join())
				.isEqualTo(List.of(true, true, false));
			assertThat(inPython("report(channel, lambda channel: channel.send(3, timeout=0.01))", channel).join())
				.asString()
				.startsWith("TimeoutError: the channel to Java was full for 0.01 s");
			assertThat(inPython("[channel.capacity, channel.receive(), channel.receive()]", channel).join())
				.isEqualTo(List.of(2L, 1L, 2L));
		}
	}

	@Test
	void whoDoesNotWantToWaitGetsNothing() {
		try (PythonChannel<Object> channel = channel(2)) {
			assertThat(channel.tryReceive((message) -> {
			})).isFalse();
			assertThatExceptionOfType(PythonTimeoutException.class)
				.isThrownBy(() -> channel.receive(Duration.ofMillis(10)))
				.withMessageContaining("Nothing came from Python within 10 ms");
			assertThat(inPython("channel.try_receive('nothing')", channel).join()).isEqualTo("nothing");
			assertThat(inPython("report(channel, lambda channel: channel.receive(timeout=0.01))", channel).join())
				.isEqualTo("TimeoutError: nothing came from Java within 0.01 s");
			inPython("channel.send(None)", channel).join();
			AtomicReference<Object> received = new AtomicReference<>("nothing");
			assertThat(channel.tryReceive(received::set)).isTrue();
			assertThat(received).hasValue(null);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aWaitThatIsInterruptedLosesNoMessage(Way way) throws Exception {
		try (PythonChannel<Object> channel = channel(8)) {
			PythonRequest receive = PythonRequest.eval("channel.receive()", Map.of("channel", channel));
			if (way == Way.ASYNC) {
				CompletableFuture<?> waiting = this.pool.submit(receive, Engine.NONE);
				waiting.cancel(true);
			}
			else {
				assertThatExceptionOfType(PythonTimeoutException.class)
					.isThrownBy(() -> this.pool.invoke(receive, Engine.NONE.withTimeout(Duration.ofMillis(200))));
			}
			await().until(() -> this.pool.contexts().stream().allMatch((context) -> context.state().equals("IDLE")));
			// Whoever still waits in Java for the request that has ended gives back what
			// it takes.
			for (long i = 0; i < 20; i++) {
				channel.send(i);
				assertThat(way.run(this.pool, receive)).isEqualTo(i);
			}
		}
	}

	@Test
	void anInterruptedThreadIsLetGo() throws Exception {
		try (PythonChannel<Object> channel = channel(1)) {
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			Thread thread = new Thread(() -> {
				try {
					channel.receive();
				}
				catch (PythonException ex) {
					thrown.set(Thread.currentThread().isInterrupted() ? ex : null);
				}
			});
			thread.start();
			thread.interrupt();
			thread.join();
			assertThat(thrown.get()).isInstanceOf(PythonCancelledException.class);
		}
	}

	@Test
	void aMessageThatCannotCrossIsTheSendersError() {
		try (PythonChannel<Object> channel = channel(2)) {
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> channel.send(List.of(new Object())))
				.withMessageContaining("message[0]");
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> channel.send(Stream.of(1)));
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> Way.ASYNC.run(this.pool,
						PythonRequest.eval("channel.send([object()])", Map.of("channel", channel))))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"));
		}
	}

	@Test
	void aMessageIsWhatItWasWhenItWasSent() {
		try (PythonChannel<Object> channel = channel(2)) {
			List<Object> message = new ArrayList<>(List.of(1L));
			channel.send(message);
			message.add(2L);
			assertThat(inPython("channel.receive()", channel).join()).isEqualTo(List.of(1L));
		}
	}

	@Test
	void manyMessagesAreSentInOneCrossing() {
		try (PythonChannel<Object> channel = channel(10)) {
			CompletableFuture<?> sending = inPython("[channel.send_all(range(1000)), channel.close()]", channel);
			List<Object> received = new ArrayList<>();
			channel.forEach(received::add);
			assertThat(received).isEqualTo(LongStream.range(0, 1000).boxed().toList());
			sending.join();
		}
	}

	@Test
	void aSlowReceiverDoesNotKeepMessagesFromOthers() {
		try (PythonChannel<Object> channel = channel(16)) {
			for (int i = 0; i < 10; i++) {
				channel.send(i);
			}
			assertThat(inPython("[channel.receive(), channel.receive()]", channel).join()).isNotNull();
			// What the two receives did not need is there for any other context.
			List<Object> rest = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				rest.add(this.pool.invoke(
						PythonRequest.eval("[channel.receive() for _ in range(len(channel))]",
								Map.of("channel", channel)),
						Engine.NONE.withContextIndex(i).withTimeout(Duration.ofSeconds(30))));
			}
			assertThat(rest.stream().mapToInt((part) -> ((List<?>) part).size()).sum()).isEqualTo(8);
		}
	}

	@Test
	void aChannelIsFoundByItsNameUntilItIsClosed() {
		try (PythonChannel<Object> channel = this.pool.openChannel("orders", 2, (message) -> message)) {
			Engine.exec(this.pool, "pyboot.channel('orders').send('by name')");
			assertThat(channel.receive()).isEqualTo("by name");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.pool.openChannel("orders", 2, (message) -> message))
				.withMessageContaining("'orders'");
		}
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> Engine.eval(this.pool, "pyboot.channel('orders')"))
			.withMessageContaining("no open channel is named 'orders'");
		this.pool.openChannel("orders", 2, (message) -> message).close();
	}

	@Test
	void aChannelOfBytesCarriesBytesOnly() {
		try (PythonChannel<byte[]> channel = this.pool.openByteChannel(null, 4)) {
			channel.send(new byte[] { 0, -1 });
			assertThat(inPython("channel.receive() == b'\\x00\\xff'", channel).join()).isEqualTo(true);
			inPython("[channel.send(b'a'), channel.send(bytearray(b'b')), channel.send_all([memoryview(b'c')])]",
					channel)
				.join();
			for (String expected : List.of("a", "b", "c")) {
				assertThat(channel.receive()).isEqualTo(expected.getBytes());
			}
			assertThatIllegalArgumentException().isThrownBy(() -> channel.send("text"))
				.withMessageContaining("byte[] only");
			assertThat(inPython("report(channel, lambda channel: channel.send('text'))", channel).join())
				.isEqualTo("TypeError: a channel of bytes takes bytes only, not a 'str'");
		}
	}

	@Test
	void messagesAreConvertedForTheReceiver() {
		try (PythonChannel<String> channel = this.pool.openChannel(null, 2, String::valueOf)) {
			inPython("channel.send(5)", channel).join();
			assertThat(channel.receive()).isEqualTo("5");
		}
	}

	@Test
	void threadsOfPythonUseTheChannelOfTheirContext() {
		try (PythonChannel<Object> channel = channel(4)) {
			CompletableFuture<?> threads = inPython(
					"[(t.start(), t) for t in [threading.Thread(target=lambda: [channel.send(i) for i in range(50)])"
							+ " for _ in range(4)]] and None",
					channel);
			List<Object> received = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				received.add(channel.receive(Duration.ofSeconds(30)));
			}
			assertThat(Collections.frequency(received, 49L)).isEqualTo(4);
			threads.join();
		}
	}

	@Test
	void theEndOfThePoolClosesItsChannels() {
		PythonChannel<Object> channel;
		CompletableFuture<?> consumer;
		try (PythonPool other = PythonPool.open(this.runtime,
				PoolOptions.named("closing").withSize(1).withMode(mode()))) {
			channel = other.openChannel(null, 4, (message) -> message);
			consumer = other.submit(PythonRequest.eval("list(channel)", Map.of("channel", channel)), Engine.NONE);
			channel.send(1);
		}
		assertThat(consumer).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(List.of(1L));
		assertThatExceptionOfType(PythonChannelClosedException.class).isThrownBy(channel::receive);
	}

	@Test
	void aCapacityBelowOneIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> channel(0)).withMessageContaining("at least 1");
	}

}
