package io.pyboot.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.RequestOptions;
import io.pyboot.testing.MockedEngine;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeastOnce;

/**
 * Tests for {@link ParallelCalls}.
 */
class ParallelCallsTests {

	private static final int LIMIT = 2 * 16;

	private final PythonPool pool = MockedEngine.pool(PoolOptions.named("default").withSize(2));

	private final List<CompletableFuture<Object>> requests = Collections.synchronizedList(new ArrayList<>());

	@BeforeEach
	void takeRequests() {
		given(this.pool.submit(any(), any())).willAnswer((invocation) -> {
			CompletableFuture<Object> request = new CompletableFuture<>();
			this.requests.add(request);
			return request;
		});
	}

	@Test
	void resultsComeInTheOrderOfTheArguments() {
		given(this.pool.submit(any(), any())).willReturn(CompletableFuture.completedFuture(1L))
			.willReturn(CompletableFuture.completedFuture(null))
			.willReturn(CompletableFuture.completedFuture(3L));
		assertThat(run(RequestOptions.NONE, 3)).containsExactly(1L, null, 3L);
	}

	@Test
	void noCallsGiveNoResults() {
		assertThat(run(RequestOptions.NONE, 0)).isEmpty();
	}

	@Test
	void onlySoManyRequestsAreWithThePoolAtATime() {
		CompletableFuture<List<Object>> all = runAsync(RequestOptions.NONE, LIMIT + 2);
		Awaitility.await().until(() -> this.requests.size() == LIMIT);
		this.requests.get(5).complete("a");
		Awaitility.await().until(() -> this.requests.size() == LIMIT + 1);
		this.requests.get(0).complete("b");
		Awaitility.await().until(() -> this.requests.size() == LIMIT + 2);
		List.copyOf(this.requests).forEach((request) -> request.complete("c"));
		assertThat(all).succeedsWithin(Duration.ofSeconds(10))
			.asInstanceOf(InstanceOfAssertFactories.LIST)
			.hasSize(LIMIT + 2)
			.startsWith("b", "c")
			.contains("a");
	}

	@Test
	void firstFailureCancelsTheRestAndIsThrown() {
		IllegalStateException failure = new IllegalStateException("failed");
		CompletableFuture<List<Object>> all = runAsync(RequestOptions.NONE, 4);
		Awaitility.await().until(() -> this.requests.size() == 4);
		this.requests.get(3).complete("done");
		this.requests.get(2).completeExceptionally(failure);
		assertThat(all).failsWithin(Duration.ofSeconds(10)).withThrowableThat().withCause(failure);
		assertThat(this.requests.get(0)).isCancelled();
		assertThat(this.requests.get(1)).isCancelled();
		assertThat(this.requests.get(3)).isCompletedWithValue("done");
	}

	@Test
	void failedSubmissionCancelsTheRest() {
		CompletableFuture<Object> first = new CompletableFuture<>();
		given(this.pool.submit(any(), any())).willReturn(first).willThrow(new IllegalStateException("closed"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> run(RequestOptions.NONE, 2));
		assertThat(first).isCancelled();
	}

	@Test
	void interruptedCallerCancelsAllAndKeepsItsFlag() throws InterruptedException {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			try {
				run(RequestOptions.NONE, 2);
			}
			catch (PythonCancelledException ex) {
				thrown.set(Thread.currentThread().isInterrupted() ? ex : null);
			}
		});
		caller.start();
		Awaitility.await().until(() -> this.requests.size() == 2);
		caller.interrupt();
		caller.join();
		assertThat(thrown.get()).isInstanceOf(PythonCancelledException.class);
		assertThat(this.requests).allMatch(CompletableFuture::isCancelled);
	}

	@Test
	void deadlineIsSharedByAllCalls() {
		Duration timeout = Duration.ofSeconds(30);
		CompletableFuture<List<Object>> all = runAsync(RequestOptions.NONE.withTimeout(timeout), 3);
		Awaitility.await().until(() -> this.requests.size() == 3);
		List.copyOf(this.requests).forEach((request) -> request.complete(1L));
		assertThat(all).succeedsWithin(Duration.ofSeconds(10));
		ArgumentCaptor<RequestOptions> options = ArgumentCaptor.captor();
		then(this.pool).should(atLeastOnce()).submit(any(), options.capture());
		assertThat(options.getAllValues()).hasSize(3)
			.extracting(RequestOptions::timeout)
			.isSortedAccordingTo((a, b) -> b.compareTo(a))
			.allSatisfy((remaining) -> assertThat(remaining).isLessThan(timeout));
	}

	@Test
	void callsThatComeTooLateAreNotSubmitted() {
		assertThatExceptionOfType(PythonTimeoutException.class)
			.isThrownBy(() -> run(RequestOptions.NONE.withTimeout(Duration.ofNanos(1)), 1))
			.withMessageStartingWith("0 calls of m:f were submitted within PT0.000000001S");
		assertThat(this.requests).isEmpty();
	}

	private CompletableFuture<List<Object>> runAsync(RequestOptions options, int calls) {
		return CompletableFuture.supplyAsync(() -> run(options, calls), (task) -> new Thread(task).start());
	}

	private List<Object> run(RequestOptions options, int calls) {
		List<List<Integer>> arguments = IntStream.range(0, calls).mapToObj(List::of).toList();
		return new ParallelCalls(this.pool, "m:f", options).run(arguments);
	}

}
