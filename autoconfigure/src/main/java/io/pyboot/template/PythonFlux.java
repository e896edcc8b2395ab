package io.pyboot.template;

import java.util.Iterator;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.pyboot.PythonConversionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import org.springframework.core.ParameterizedTypeReference;

/**
 * The items of Python generators as a {@link Flux}. Needs {@code reactor-core}.
 * <p>
 * Each subscription calls the function anew, when it asks for its first item. Python runs
 * as far as items were requested, and a window further ({@link PythonFunction#window});
 * cancelling closes the generator, whose {@code finally} blocks run. Items come on
 * threads of {@link Schedulers#boundedElastic()}, one of which each subscription occupies
 * while it lasts.
 *
 * <pre class="code">
 * Flux&lt;Price&gt; prices = PythonFlux.of(this.python.function("market:prices").args("EUR"), Price.class);
 * </pre>
 */
public final class PythonFlux {

	private PythonFlux() {
	}

	/**
	 * The items of what a function gives.
	 * @param function the call, with its arguments; a timeout is that of each wait for
	 * items
	 * @param itemType the type of each item
	 * @return a cold flux; it fails with what Python raised, after the items before, and
	 * with a {@link PythonConversionException} for {@code None}, which no flux can carry
	 */
	public static <T> Flux<T> of(PythonFunction function, Class<T> itemType) {
		return of(() -> function.stream(itemType));
	}

	/**
	 * The items of what a function gives, each converted to a generic type. An
	 * {@code Optional} carries {@code None}.
	 * @param function the call, with its arguments
	 * @param itemType the type of each item
	 * @see #of(PythonFunction, Class)
	 */
	public static <T> Flux<T> of(PythonFunction function, ParameterizedTypeReference<T> itemType) {
		return of(() -> function.stream(itemType));
	}

	private static <T> Flux<T> of(Supplier<Stream<@Nullable T>> opening) {
		return Flux.defer(() -> {
			Reading<T> reading = new Reading<>(opening.get());
			return Flux.<T, Reading<T>>generate(() -> reading, Reading::next, Reading::end)
				.doOnCancel(reading::cancelled);
		}).subscribeOn(Schedulers.boundedElastic());
	}

	/** One subscription. */
	private static final class Reading<T> {

		private final Stream<@Nullable T> stream;

		private final Iterator<@Nullable T> items;

		private long count;

		private boolean ended;

		/** Written by the cancelling thread before it interrupts the one that reads. */
		private volatile boolean cancelled;

		Reading(Stream<@Nullable T> stream) {
			this.stream = stream;
			this.items = stream.iterator();
		}

		Reading<T> next(SynchronousSink<T> sink) {
			try {
				if (this.items.hasNext()) {
					sink.next(present(this.items.next()));
					this.count++;
				}
				else {
					this.ended = true;
					sink.complete();
				}
			}
			catch (RuntimeException ex) {
				this.ended = true;
				if (this.cancelled) { // it is what the cancellation caused, and nobody
										// asks any more
					sink.complete();
				}
				else {
					sink.error(ex);
				}
			}
			return this;
		}

		private T present(@Nullable T item) {
			if (item == null) {
				throw new PythonConversionException(
						"Item %d of the Python stream is None, which a Flux cannot carry:".formatted(this.count)
								+ " ask for items of type Optional");
			}
			return item;
		}

		void cancelled() {
			this.cancelled = true;
		}

		/** A close waits for Python, which the thread that cancels must not. */
		void end() {
			if (this.ended) {
				close();
			}
			else {
				Schedulers.boundedElastic().schedule(this::close);
			}
		}

		private void close() {
			try {
				this.stream.close();
			}
			catch (RuntimeException ex) {
				Operators.onErrorDropped(ex, Context.empty());
			}
		}

	}

}
