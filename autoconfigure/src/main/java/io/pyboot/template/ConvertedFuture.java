package io.pyboot.template;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The future of a converted result. Unlike {@link CompletableFuture#thenApply} it hands a
 * cancellation on to the request, which is what drops or interrupts it.
 *
 * @param <T> type of the converted result
 */
final class ConvertedFuture<T> extends CompletableFuture<@Nullable T> {

	private final CompletableFuture<@Nullable Object> request;

	ConvertedFuture(CompletableFuture<@Nullable Object> request,
			Function<@Nullable Object, ? extends @Nullable T> conversion) {
		this.request = request;
		request.whenComplete((value, failure) -> {
			if (failure != null) {
				completeExceptionally(failure);
			}
			else {
				complete(value, conversion);
			}
		});
	}

	private void complete(@Nullable Object value, Function<@Nullable Object, ? extends @Nullable T> conversion) {
		try {
			complete(conversion.apply(value));
		}
		catch (Throwable ex) {
			completeExceptionally(ex);
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled) {
			this.request.cancel(mayInterruptIfRunning);
		}
		return cancelled;
	}

}
