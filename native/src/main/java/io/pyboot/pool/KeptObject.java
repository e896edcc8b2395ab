package io.pyboot.pool;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pyboot.PythonContextLostException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonException;
import io.pyboot.PythonIterator;
import io.pyboot.PythonObject;
import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.KeptReference;
import io.pyboot.context.PythonContext;
import io.pyboot.pool.ContextSlot.Target;
import org.jspecify.annotations.Nullable;

/**
 * A Python object that a context of a pool keeps. Each operation is a call of a function
 * of pyboot._handles, whose first argument it is.
 * <p>
 * Invariant: it holds one count of its id (pb_handle.c) until it is closed or is no
 * longer reachable; the message of a request holds one of its own. The last one lets the
 * owner thread of the context, and no other, drop the object.
 */
final class KeptObject implements PythonObject, KeptReference {

	private static final Cleaner CLEANER = Cleaner.create((task) -> {
		Thread thread = new Thread(task, "pyboot-handles");
		thread.setDaemon(true);
		return thread;
	});

	/** Interfaces that are types of values, beside collections and maps. */
	private static final Set<Class<?>> VALUES = Set.of(CharSequence.class, Comparable.class, java.nio.file.Path.class,
			java.util.Iterator.class, java.lang.constant.Constable.class);

	private final PythonPool pool;

	/** The context that keeps the object; no other will do. */
	private final Target target;

	/** Counts the contexts of the place, from 1. */
	private final int generation;

	private final long contextId;

	private final long id;

	private final Cleaner.Cleanable count;

	private volatile boolean closed;

	/**
	 * @param target the context, pinned
	 * @param contextId its id
	 * @param id of the object; takes over one count
	 */
	KeptObject(PythonPool pool, Target target, int generation, long contextId, long id) {
		this.pool = pool;
		this.target = target;
		this.generation = generation;
		this.contextId = contextId;
		this.id = id;
		this.count = CLEANER.register(this, new Release(contextId, id));
	}

	/** Refers to nothing that refers to the handle. */
	private record Release(long context, long id) implements Runnable {

		@Override
		public void run() {
			LibPyboot.pb_release(this.context, this.id);
		}

	}

	// ---- for requests ----

	PythonPool pool() {
		return this.pool;
	}

	/**
	 * Where a request must run that holds a Python object.
	 * @param wanted where it is to run otherwise
	 * @param home an object in it, {@code null} if there is none
	 * @throws PythonConversionException if that is not where the object is
	 */
	static @Nullable Target route(PythonPool pool, @Nullable Target wanted, @Nullable KeptReference home) {
		if (home == null) {
			return wanted;
		}
		if (!(home instanceof KeptObject object) || object.pool != pool
				|| (wanted != null && wanted.slot() != object.target.slot())) {
			throw new PythonConversionException("A " + home.describe() + " cannot be used in "
					+ ((wanted != null) ? "context " + wanted.slot().index + " of " : "") + "pool '" + pool.name()
					+ "': objects stay in the interpreter that made them");
		}
		PythonContext pinned = object.target.pinned();
		boolean session = wanted != null && wanted.pinned() != null && pinned != null && wanted.accepts(pinned);
		return session ? wanted : object.target;
	}

	@Override
	public long contextId() {
		return this.contextId;
	}

	@Override
	public long id() {
		return this.id;
	}

	@Override
	public void beginJourney() {
		boolean held = !this.closed && LibPyboot.pb_retain(this.contextId, this.id) != 0;
		Reference.reachabilityFence(this);
		if (held) {
			return;
		}
		if (this.closed) {
			throw new IllegalStateException("A " + describe() + " was closed");
		}
		throw new PythonContextLostException("The context of a " + describe() + " was replaced or has ended");
	}

	@Override
	public String describe() {
		return "handle to a Python object of context " + this.target.slot().index + " (generation " + this.generation
				+ ") of pool '" + this.pool.name() + "'";
	}

	@Nullable Object run(String function, ResultForm form, @Nullable Object... arguments) {
		return run(function, form, arguments, Map.of());
	}

	private @Nullable Object run(String function, ResultForm form, @Nullable Object[] arguments,
			Map<String, ? extends @Nullable Object> keywords) {
		PythonRequest request = PythonRequest.call("pyboot._handles:" + function, arguments, keywords).returning(form);
		return this.pool.invoke(request, 0, this.target, RequestOptions.NONE);
	}

	private <T> @Nullable T run(Class<T> type, String function, @Nullable Object... arguments) {
		return converted(run(function, ResultForm.of(type), arguments), type);
	}

	@SuppressWarnings("unchecked")
	<T> @Nullable T converted(@Nullable Object value, Class<T> type) {
		return (T) this.pool.resultConversion().convert(value, type);
	}

	private static @Nullable Object[] join(@Nullable Object @Nullable [] last, Object... first) {
		@Nullable Object[] rest = (last != null) ? last : new @Nullable Object[] { null };
		@Nullable Object[] all = new @Nullable Object[first.length + rest.length];
		System.arraycopy(first, 0, all, 0, first.length);
		System.arraycopy(rest, 0, all, first.length, rest.length);
		return all;
	}

	// ---- what users do with it ----

	@Override
	public @Nullable Object call(@Nullable Object... arguments) {
		return run("call", ResultForm.VALUE, join(arguments, this));
	}

	@Override
	public @Nullable Object call(List<? extends @Nullable Object> arguments,
			Map<String, ? extends @Nullable Object> keywords) {
		return run("call", ResultForm.VALUE, join(arguments.toArray(), this), keywords);
	}

	@Override
	public <T> @Nullable T call(Class<T> resultType, @Nullable Object... arguments) {
		return run(resultType, "call", join(arguments, this));
	}

	@Override
	public @Nullable Object callMethod(String name, @Nullable Object... arguments) {
		return run("call_method", ResultForm.VALUE, join(arguments, this, name));
	}

	@Override
	public <T> @Nullable T callMethod(String name, Class<T> resultType, @Nullable Object... arguments) {
		return run(resultType, "call_method", join(arguments, this, name));
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return getAttribute(name, Object.class);
	}

	@Override
	public <T> @Nullable T getAttribute(String name, Class<T> type) {
		return run(type, "getattr", this, name);
	}

	@Override
	public boolean hasAttribute(String name) {
		return Boolean.TRUE.equals(run("hasattr", ResultForm.VALUE, this, name));
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		run("setattr", ResultForm.VALUE, this, name, value);
	}

	@Override
	public @Nullable Object getItem(@Nullable Object key) {
		return getItem(key, Object.class);
	}

	@Override
	public <T> @Nullable T getItem(@Nullable Object key, Class<T> type) {
		return run(type, "get_item", this, key);
	}

	@Override
	public void setItem(@Nullable Object key, @Nullable Object value) {
		run("set_item", ResultForm.VALUE, this, key, value);
	}

	@Override
	public int size() {
		Object size = run("len", ResultForm.VALUE, this);
		return Math.toIntExact((Long) java.util.Objects.requireNonNull(size));
	}

	@Override
	public PythonIterator<@Nullable Object> iterate() {
		return iterate(Object.class);
	}

	@Override
	public <T> PythonIterator<@Nullable T> iterate(Class<T> elementType) {
		Object iterator = run("iterator", ResultForm.VALUE, this);
		return new KeptIterator<>((KeptObject) java.util.Objects.requireNonNull(iterator), elementType);
	}

	@Override
	public <T> @Nullable T as(Class<T> type) {
		if (type.isInstance(this)) {
			return type.cast(this);
		}
		return isProxied(type) ? type.cast(KeptProxy.make(this, type)) : run(type, "itself", this);
	}

	private static boolean isProxied(Class<?> type) {
		return type.isInterface() && !type.isAnnotation() && !Iterable.class.isAssignableFrom(type)
				&& !Map.class.isAssignableFrom(type) && !VALUES.contains(type)
				&& !type.getName().startsWith("java.time.");
	}

	@Override
	public String type() {
		return String.valueOf(run("type_of", ResultForm.VALUE, this));
	}

	@Override
	public String toString() {
		try {
			return String.valueOf(run("str", ResultForm.VALUE, this));
		}
		catch (PythonException | IllegalStateException ex) {
			return "<" + describe() + ": " + ex.getMessage() + ">";
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.count.clean();
	}

}
