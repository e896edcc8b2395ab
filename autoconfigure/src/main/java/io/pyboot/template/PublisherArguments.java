package io.pyboot.template;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import org.springframework.util.ClassUtils;

/**
 * Reactive publishers as arguments, where Reactor is there: Python iterates over them. It
 * subscribes with its first step, one item is requested at a time, and the subscription
 * is cancelled when the request has ended or Python closes the iterator.
 */
final class PublisherArguments {

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.publisher.Flux",
			PublisherArguments.class.getClassLoader());

	private PublisherArguments() {
	}

	/**
	 * The items of a publisher, {@code null} for any other value.
	 */
	static @Nullable Stream<?> items(@Nullable Object value) {
		return REACTOR ? Publishers.items(value) : null;
	}

	/** Loaded only with Reactor. */
	private static final class Publishers {

		static @Nullable Stream<?> items(@Nullable Object value) {
			return (value instanceof Publisher<?> publisher) ? Flux.from(publisher).toStream(1) : null;
		}

	}

}
