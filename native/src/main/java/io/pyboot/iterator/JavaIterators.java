package io.pyboot.iterator;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.BaseStream;

import io.pyboot.ReadAhead;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.Exports;
import io.pyboot.codec.IteratorExporter;
import org.jspecify.annotations.Nullable;

/**
 * The Java iterators of one pool that Python code may pull, and the callbacks it pulls
 * them by. One passed to a request is kept until that has ended; one that a callback
 * returned, until Python lets go of it; each at most until its last item or until the
 * pool is closed.
 */
public final class JavaIterators implements IteratorExporter {

	private static final String NEXT = "pyboot.iterator.next";

	private static final String RELEASE = "pyboot.iterator.release";

	private static final AtomicLong NUMBERS = new AtomicLong();

	/** Of all pools, by number. */
	private static final ConcurrentHashMap<Long, ExportedIterator> OPEN = new ConcurrentHashMap<>();

	/** Those of this pool, by what they were made of. */
	private final ConcurrentHashMap<Source, ExportedIterator> sources = new ConcurrentHashMap<>();

	/** An object as what it is, whatever it says it equals. */
	private record Source(Object value) {

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Source source && source.value == this.value;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this.value);
		}

	}

	/**
	 * Lets Python code that has these callbacks pull iterators. May be repeated.
	 */
	public static void install(CallbackRegistry registry) {
		synchronized (registry) {
			if (!registry.contains(NEXT)) {
				registry.registerInternal(NEXT, (arguments, keywords) -> next(arguments));
				registry.registerInternal(RELEASE, (arguments, keywords) -> release((List<?>) arguments.get(0)));
			}
		}
	}

	/**
	 * A request that another context runs after all passes its iterators once more: they
	 * keep their numbers then.
	 */
	@Override
	public long export(Object source, Exports exports) {
		Object items = (source instanceof ReadAhead ahead) ? ahead.items() : source;
		ExportedIterator exported = this.sources.compute(new Source(items), (key, present) -> {
			ExportedIterator kept = (present != null) ? present : open(items);
			kept.passed();
			return kept;
		});
		exports.add(exported::requestEnded);
		return exported.number();
	}

	private ExportedIterator open(Object items) {
		long number = NUMBERS.incrementAndGet();
		Source key = new Source(items);
		Runnable close = (items instanceof BaseStream<?, ?> stream) ? stream::close : () -> {
		};
		Iterator<?> iterator = (items instanceof BaseStream<?, ?> stream) ? stream.iterator() : (Iterator<?>) items;
		ExportedIterator exported = new ExportedIterator(number, iterator, () -> {
			OPEN.remove(number);
			this.sources.remove(key);
			close.run();
		});
		OPEN.put(number, exported);
		return exported;
	}

	/** Number, how many items at most, and numbers that Python has let go of. */
	private static @Nullable Object next(List<@Nullable Object> arguments) throws Throwable {
		release((List<?>) arguments.get(2));
		ExportedIterator exported = OPEN.get((Long) arguments.get(0));
		return (exported != null) ? exported.take(((Long) arguments.get(1)).intValue()) : null;
	}

	private static @Nullable Object release(@Nullable List<?> numbers) {
		if (numbers != null) {
			for (Object number : numbers) {
				ExportedIterator exported = OPEN.get(number);
				if (exported != null) {
					exported.end();
				}
			}
		}
		return null;
	}

	/** The pool is closed. */
	public void endAll() {
		List.copyOf(this.sources.values()).forEach(ExportedIterator::end);
	}

	/** How many iterators of this pool Python may pull now. */
	public int count() {
		return this.sources.size();
	}

}
