package io.pyboot.template;

import java.util.concurrent.CompletableFuture;

import io.pyboot.PythonConversionException;
import io.pyboot.PythonTimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConvertedFuture}.
 */
class ConvertedFutureTests {

	private final CompletableFuture<Object> request = new CompletableFuture<>();

	@Test
	void resultIsConverted() {
		ConvertedFuture<String> future = new ConvertedFuture<>(this.request, String::valueOf);
		this.request.complete(5L);
		assertThat(future).isCompletedWithValue("5");
	}

	@Test
	void cancellingCancelsTheRequest() {
		ConvertedFuture<String> future = new ConvertedFuture<>(this.request, String::valueOf);
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.request).isCancelled();
	}

	@Test
	void cancellingADoneFutureDoesNothing() {
		ConvertedFuture<String> future = new ConvertedFuture<>(this.request, String::valueOf);
		this.request.complete(5L);
		assertThat(future.cancel(true)).isFalse();
		assertThat(this.request).isCompletedWithValue(5L);
	}

	@Test
	void failureOfTheRequestArrivesAsItIs() {
		ConvertedFuture<String> future = new ConvertedFuture<>(this.request, String::valueOf);
		PythonTimeoutException failure = new PythonTimeoutException("late");
		this.request.completeExceptionally(failure);
		assertThat(future.handle((value, ex) -> ex)).isCompletedWithValue(failure);
	}

	@Test
	void failedConversionFailsTheFuture() {
		PythonConversionException failure = new PythonConversionException("no");
		ConvertedFuture<String> future = new ConvertedFuture<>(this.request, (value) -> {
			throw failure;
		});
		this.request.complete(5L);
		assertThat(future.handle((value, ex) -> ex)).isCompletedWithValue(failure);
	}

}
