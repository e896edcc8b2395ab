package io.pyboot.template;

import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.pyboot.pool.PythonStream;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * The items of a Python iterator, each converted when it is taken.
 *
 * @param <T> type of the converted items
 */
final class StreamedItems<T> extends Spliterators.AbstractSpliterator<@Nullable T> {

	private final PythonStream items;

	private final ResultConverter converter;

	private final ResolvableType type;

	private int index;

	private StreamedItems(PythonStream items, ResultConverter converter, ResolvableType type) {
		super(Long.MAX_VALUE, ORDERED);
		this.items = items;
		this.converter = converter;
		this.type = type;
	}

	/**
	 * A stream of the items; closing it closes them.
	 */
	static <T> Stream<@Nullable T> stream(PythonStream items, ResultConverter converter, ResolvableType type) {
		Stream<@Nullable T> stream = StreamSupport.stream(new StreamedItems<T>(items, converter, type), false);
		return stream.onClose(items::close);
	}

	@Override
	@SuppressWarnings("unchecked")
	public boolean tryAdvance(Consumer<? super @Nullable T> action) {
		if (!this.items.hasNext()) {
			return false;
		}
		Object item = this.items.next();
		action.accept((T) this.converter.convert(item, this.type, ValuePath.RESULT.index(this.index++)));
		return true;
	}

	/** Splitting would read far ahead. */
	@Override
	public @Nullable Spliterator<@Nullable T> trySplit() {
		return null;
	}

}
