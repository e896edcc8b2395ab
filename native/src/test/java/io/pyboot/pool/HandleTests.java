package io.pyboot.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.pyboot.JavaRef;
import io.pyboot.PythonCallException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonIterator;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonObject;
import io.pyboot.binding.LibPyboot;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.JavaObjects;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Python objects that Java holds, on every way. The objects of class {@code Kept} count
 * how many of them live, and note the thread that finalised them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandleTests {

	private static final String DEFINITIONS = """
			import pyboot, threading
			live = 0
			finalised_on = set()
			class Kept:
			    def __init__(self, name="kept"):
			        global live
			        live += 1
			        self.name = name
			        self.items = {}
			    def __del__(self):
			        global live
			        live -= 1
			        finalised_on.add(threading.get_ident())
			    def __call__(self, *args, **kwargs): return [self.name, args, kwargs]
			    def __getitem__(self, key): return self.items[key]
			    def __setitem__(self, key, value): self.items[key] = value
			    def __len__(self): return len(self.items)
			    def __iter__(self): return iter(self.items)
			    def __str__(self): return f"Kept {self.name}"
			    def greet(self, who): return f"{self.name} greets {who}"
			    def me(self): return self
			class Calls:
			    def __init__(self): self.name = "calls"
			    def __del__(self): kept_by_callback.append(pyboot.finalised("x"))
			kept_by_callback = []
			def make(name="kept"): return Kept(name)
			def make_many(n): return [Kept(str(i)) for i in range(n)]
			def same(one, other): return one is other
			def owner(): return threading.get_ident()
			def nothing(): return None
			def unconvertible(): return [pyboot.handle(Kept()), object()]
			""";

	private final CallbackRegistry registry = new CallbackRegistry();

	private PythonRuntime runtime;

	private PythonPool pool;

	PythonMode mode() {
		return PythonMode.AUTO;
	}

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		this.registry.register("echo", (arguments, keywords) -> arguments.get(0));
		this.registry.register("use", (arguments, keywords) -> {
			try (PythonObject object = (PythonObject) arguments.get(0)) {
				return object.call("from java");
			}
		});
		this.registry.register("finalised", (arguments, keywords) -> Engine.eval(this.pool, "1 + 1"));
		this.pool = PythonPool.open(this.runtime, PoolOptions.named("handles").withSize(2).withMode(mode()),
				this.registry);
		this.pool.broadcast(PythonRequest.exec(DEFINITIONS, Map.of()), Engine.NONE);
	}

	@AfterAll
	void close() {
		assertNothingIsLeft();
		this.pool.close();
		PoolTestBase.assertBalanced(this.pool);
		this.runtime.release();
	}

	private long live(int context) {
		return (Long) this.pool.invoke(PythonRequest.eval("live", Map.of()), Engine.NONE.withContextIndex(context));
	}

	private void assertNothingIsLeft() {
		Awaitility.await().untilAsserted(() -> {
			for (ContextSnapshot context : this.pool.contexts()) {
				assertThat(live(context.index())).isZero();
			}
			for (ContextSnapshot context : this.pool.contexts()) {
				assertThat(handles(context.index())).isZero();
			}
		});
	}

	private long handles(int context) {
		return this.pool.handles(context);
	}

	private static PythonRequest call(String function, @Nullable Object... arguments) {
		return PythonRequest.call("__main__:" + function, arguments, Map.of());
	}

	private PythonObject make(Way way, String name) {
		return (PythonObject) way.run(this.pool, call("make", name).returning(ResultForm.HANDLE));
	}

	@ParameterizedTest
	@EnumSource
	void anObjectStaysInPythonAndIsUsedFromJava(Way way) {
		try (PythonObject object = make(way, "one")) {
			assertThat(object.call(1L)).isEqualTo(List.of("one", List.of(1L), Map.of()));
			assertThat(object.call(List.of(), Map.of("k", 2L))).isEqualTo(List.of("one", List.of(), Map.of("k", 2L)));
			assertThat(object.callMethod("greet", "you")).isEqualTo("one greets you");
			assertThat(object.getAttribute("name")).isEqualTo("one");
			assertThat(object.hasAttribute("name")).isTrue();
			assertThat(object.hasAttribute("other")).isFalse();
			object.setAttribute("name", "two");
			assertThat(object.getAttribute("name", String.class)).isEqualTo("two");
			object.setItem("a", 1L);
			object.setItem(2L, List.of("b"));
			assertThat(object.getItem("a")).isEqualTo(1L);
			assertThat(object.getItem(2L)).isEqualTo(List.of("b"));
			assertThat(object.size()).isEqualTo(2);
			assertThat(object).hasToString("Kept two");
			assertThat(object.type()).isEqualTo("Kept");
			List<Object> keys = new ArrayList<>();
			object.iterate().forEachRemaining(keys::add);
			assertThat(keys).containsExactly("a", 2L);
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> object.getItem("missing"))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("KeyError"));
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> object.getAttribute("missing"))
				.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("AttributeError"));
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> object.callMethod("me"));
		}
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void anArgumentIsTheVeryObjectAndGoesToItsContext(Way way) {
		for (int i = 0; i < 20; i++) {
			try (PythonObject object = make(way, "one");
					PythonObject same = object.callMethod("me", PythonObject.class)) {
				assertThat(way.run(this.pool, call("same", object, same))).isEqualTo(true);
				assertThat(way.run(this.pool,
						PythonRequest.eval("a[0]['x'] is b", Map.of("a", List.of(Map.of("x", object)), "b", same))))
					.isEqualTo(true);
			}
		}
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void elementsOfAResultBecomeHandles(Way way) {
		List<?> all = (List<?>) way.run(this.pool, call("make_many", 3L).returning(ResultForm.HANDLES));
		assertThat(all).hasSize(3).allMatch(PythonObject.class::isInstance);
		assertThat(((PythonObject) all.get(2)).getAttribute("name")).isEqualTo("2");
		all.forEach((each) -> ((PythonObject) each).close());
		Map<?, ?> map = (Map<?, ?>) way.run(this.pool,
				PythonRequest.eval("{'a': make(), 'b': None}", Map.of()).returning(ResultForm.HANDLES));
		assertThat(map.get("b")).isNull();
		((PythonObject) map.get("a")).close();
		assertThat(way.run(this.pool, call("nothing").returning(ResultForm.HANDLE))).isNull();
		assertThat(way.run(this.pool, call("nothing").returning(ResultForm.HANDLES))).isNull();
		assertNothingIsLeft();
	}

	@Test
	void theFormIsThatOfTheResultType() throws NoSuchMethodException {
		assertThat(ResultForm.of(PythonObject.class)).isEqualTo(ResultForm.HANDLE);
		assertThat(ResultForm.of(PythonObject[].class)).isEqualTo(ResultForm.HANDLES);
		assertThat(ResultForm.of(Object.class)).isEqualTo(ResultForm.VALUE);
		assertThat(ResultForm.of(Types.class.getDeclaredMethod("list").getGenericReturnType()))
			.isEqualTo(ResultForm.HANDLES);
		assertThat(ResultForm.of(Types.class.getDeclaredMethod("map").getGenericReturnType()))
			.isEqualTo(ResultForm.HANDLES);
		assertThat(ResultForm.of(Types.class.getDeclaredMethod("keys").getGenericReturnType()))
			.isEqualTo(ResultForm.VALUE);
	}

	interface Types {

		List<PythonObject> list();

		Map<String, ? extends PythonObject> map();

		Map<PythonObject, String> keys();

	}

	@ParameterizedTest
	@EnumSource
	void pythonCodeMayHandOverAHandleItself(Way way) {
		assertThat(way.run(this.pool, PythonRequest.eval("pyboot.use(pyboot.handle(make('mine')))", Map.of())))
			.isEqualTo(List.of("mine", List.of("from java"), Map.of()));
		assertThat(way.run(this.pool,
				PythonRequest.eval("(lambda o: pyboot.echo(pyboot.handle(o)) is o)(make())", Map.of())))
			.isEqualTo(true);
		// The handle that the callback got was not closed; its end is the collector's.
		Awaitility.await().until(() -> {
			System.gc();
			return handles(0) + handles(1) == 0;
		});
		assertNothingIsLeft();
	}

	@Test
	void manyThreadsUseOneHandle() throws Exception {
		try (PythonObject object = make(Way.DIRECT, "shared")) {
			var executor = Executors.newFixedThreadPool(8);
			List<CompletableFuture<?>> all = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				long number = i;
				all.add(CompletableFuture.runAsync(() -> {
					for (int n = 0; n < 100; n++) {
						object.setItem(number, (long) n);
						assertThat(object.getItem(number)).isEqualTo((long) n);
					}
				}, executor));
			}
			all.forEach(CompletableFuture::join);
			executor.shutdown();
			assertThat(object.size()).isEqualTo(8);
		}
		assertNothingIsLeft();
	}

	@Test
	void theOwnerAloneLetsObjectsGoAlsoWhenItSleeps() {
		Engine.exec(this.pool, "pass");
		this.pool.broadcast(PythonRequest.exec("finalised_on.clear()", Map.of()), Engine.NONE);
		List<PythonObject> objects = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			objects.add(make(Way.DIRECT, "x"));
		}
		objects.forEach(PythonObject::close);
		objects.forEach(PythonObject::close);
		assertNothingIsLeft();
		for (int context = 0; context < 2; context++) {
			Object owner = this.pool.submit(call("owner"), Engine.NONE.withContextIndex(context)).join();
			Object on = this.pool.invoke(PythonRequest.eval("finalised_on <= {owner}", Map.of("owner", owner)),
					Engine.NONE.withContextIndex(context));
			assertThat(on).isEqualTo(true);
		}
	}

	@Test
	void aHandleThatIsNotReachableIsFreed() {
		for (int i = 0; i < 100; i++) {
			make(Way.DIRECT, "lost");
		}
		Awaitility.await().until(() -> {
			System.gc();
			return live(0) + live(1) == 0;
		});
		assertNothingIsLeft();
	}

	@Test
	void aFinaliserMayCallJavaWhichCallsPythonAgain() {
		PythonObject object = (PythonObject) this.pool.invoke(
				PythonRequest.eval("Calls()", Map.of()).returning(ResultForm.HANDLE), Engine.NONE.withContextIndex(0));
		object.close();
		Awaitility.await()
			.until(() -> this.pool.invoke(PythonRequest.eval("kept_by_callback", Map.of()),
					Engine.NONE.withContextIndex(0)), List.of(2L)::equals);
	}

	@Test
	void aClosedHandleIsRefused() {
		PythonObject object = make(Way.DIRECT, "closed");
		object.close();
		assertThatIllegalStateException().isThrownBy(() -> object.call()).withMessageContaining("was closed");
		assertThatIllegalStateException().isThrownBy(() -> this.pool.invoke(call("same", 1L, object), Engine.NONE))
			.withMessageContaining("pool 'handles'");
		assertThat(object.toString()).contains("was closed");
		assertNothingIsLeft();
	}

	@Test
	void aHandleIsOfUseInItsOwnContextOnly() {
		try (PythonObject zero = makeIn(0); PythonObject one = makeIn(1)) {
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.pool.invoke(call("same", zero, 1L), Engine.NONE.withContextIndex(1)))
				.withMessageContaining(
						"context 0 (generation 1) of pool 'handles' cannot be used in context 1 of pool");
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.pool.invoke(call("same", zero, one), Engine.NONE))
				.withMessageContaining("context 0")
				.withMessageContaining("context 1");
			try (PythonPool other = PythonPool.open(this.runtime, PoolOptions.named("other").withSize(1))) {
				for (Way way : Way.values()) {
					assertThatExceptionOfType(PythonConversionException.class)
						.isThrownBy(() -> way.run(other, PythonRequest.eval("a", Map.of("a", zero))))
						.withMessageContaining("pool 'handles'")
						.withMessageContaining("pool 'other'");
				}
			}
			try (PythonSession session = this.pool.openSession(Engine.NONE.withContextIndex(0))) {
				session.invoke(PythonRequest.exec("x = a", Map.of("a", zero)), Engine.NONE);
				assertThat(session.invoke(PythonRequest.eval("x is a", Map.of("a", zero)), Engine.NONE))
					.isEqualTo(true);
			}
		}
		assertNothingIsLeft();
	}

	private PythonObject makeIn(int context) {
		return (PythonObject) this.pool.invoke(call("make").returning(ResultForm.HANDLE),
				Engine.NONE.withContextIndex(context));
	}

	@Test
	void anAnswerWithAHandleOfAnotherContextIsAnErrorInPython() {
		AtomicReference<PythonObject> foreign = new AtomicReference<>(makeIn(1));
		try (var registration = this.registry.register("foreign", (arguments, keywords) -> foreign.get())) {
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.pool.invoke(PythonRequest.eval("pyboot.foreign()", Map.of()),
						Engine.NONE.withContextIndex(0)))
				.withMessageContaining("cannot be used in context");
		}
		foreign.get().close();
		assertNothingIsLeft();
	}

	@Test
	void aHandleEndsWithItsContext() {
		PythonPool other = PythonPool.open(this.runtime, PoolOptions.named("short").withSize(1).withMode(mode()));
		Engine.exec(other, DEFINITIONS);
		PythonObject object = (PythonObject) other.invoke(call("make").returning(ResultForm.HANDLE), Engine.NONE);
		other.restart(0);
		assertThatExceptionOfType(PythonContextLostException.class).isThrownBy(() -> object.call())
			.withMessageContaining("ontext 0")
			.withMessageContaining("pool 'short'");
		assertThatExceptionOfType(PythonContextLostException.class)
			.isThrownBy(() -> Way.ASYNC.run(other, PythonRequest.eval("a", Map.of("a", object))));
		assertThat(object.toString()).contains("pool 'short'");
		Engine.exec(other, DEFINITIONS);
		PythonObject second = (PythonObject) other.invoke(call("make").returning(ResultForm.HANDLE), Engine.NONE);
		assertThat(second.getAttribute("name")).isEqualTo("kept");
		other.close();
		assertThatExceptionOfType(PythonNotRunningException.class).isThrownBy(() -> second.call());
		assertThatExceptionOfType(PythonContextLostException.class)
			.isThrownBy(() -> this.pool.invoke(PythonRequest.eval("a", Map.of("a", second)), Engine.NONE));
		object.close();
		second.close();
	}

	@Test
	void failuresAndAbandonedRequestsLeaveNothing() {
		try (PythonObject object = makeIn(0)) {
			for (Way way : Way.values()) {
				assertThatExceptionOfType(PythonConversionException.class)
					.isThrownBy(() -> way.run(this.pool, call("same", object, new Object())));
				assertThatExceptionOfType(PythonConversionException.class)
					.isThrownBy(() -> way.run(this.pool, call("unconvertible")));
				assertThatExceptionOfType(PythonCallException.class)
					.isThrownBy(() -> way.run(this.pool, call("missing", object)));
				assertThatExceptionOfType(PythonCallException.class).isThrownBy(
						() -> way.run(this.pool, PythonRequest.eval("5", Map.of()).returning(ResultForm.HANDLES)));
			}
			List<CompletableFuture<?>> futures = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				CompletableFuture<?> future = this.pool
					.submit(call("make", object.hashCode()).returning(ResultForm.HANDLE), Engine.NONE);
				if (i % 2 == 0) {
					future.cancel(true);
				}
				futures.add(future);
			}
			for (CompletableFuture<?> future : futures) {
				Object made = future.handle((value, failure) -> value).join();
				if (made instanceof PythonObject handle) {
					handle.close();
				}
			}
			for (int i = 0; i < 50; i++) {
				this.pool.cast(call("make").returning(ResultForm.HANDLE), Engine.NONE);
				this.pool.cast(call("same", object, 1L), Engine.NONE);
			}
		}
		Awaitility.await().until(() -> {
			System.gc(); // answers that came too late for their futures
			return handles(0) + handles(1) == 0;
		});
		assertNothingIsLeft();
	}

	@Test
	void aHandleIsKeptWhileARequestWithItIsOnItsWay() {
		CompletableFuture<?> future;
		try (PythonObject object = makeIn(0)) {
			this.pool.submit(PythonRequest.eval("sum(range(10**6))", Map.of()), Engine.NONE.withContextIndex(0));
			future = this.pool.submit(PythonRequest.eval("a.name", Map.of("a", object)), Engine.NONE);
		}
		assertThat(future.join()).isEqualTo("kept");
		assertNothingIsLeft();
	}

	@Test
	void iterationIsLazyAndCloses() {
		Engine.exec(this.pool, "pass");
		this.pool.broadcast(PythonRequest.exec("""
				log = []
				def numbers():
				    try:
				        for i in range(3):
				            log.append(i)
				            yield i
				        raise ValueError("no more")
				    finally:
				        log.append("end")
				""", Map.of()), Engine.NONE);
		try (PythonObject generator = (PythonObject) this.pool.invoke(call("numbers").returning(ResultForm.HANDLE),
				Engine.NONE.withContextIndex(0))) {
			PythonIterator<Object> iterator = generator.iterate();
			assertThat(iterator.next()).isEqualTo(0L);
			assertThat(iterator.next()).isEqualTo(1L);
			assertThat(log()).isEqualTo(List.of(0L, 1L));
			assertThat(iterator.next()).isEqualTo(2L);
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(iterator::next)
				.withMessageContaining("no more");
			iterator.close();
		}
		assertThat(log()).isEqualTo(List.of(0L, 1L, 2L, "end"));
		try (PythonObject list = (PythonObject) this.pool.invoke(call("make_many", 2L).returning(ResultForm.HANDLE),
				Engine.NONE); PythonIterator<PythonObject> iterator = list.iterate(PythonObject.class)) {
			try (PythonObject first = iterator.next()) {
				assertThat(first.getAttribute("name")).isEqualTo("0");
			}
			iterator.next().close();
			assertThat(iterator.hasNext()).isFalse();
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(iterator::next);
		}
		assertNothingIsLeft();
	}

	private @Nullable Object log() {
		return this.pool.invoke(PythonRequest.eval("log", Map.of()), Engine.NONE.withContextIndex(0));
	}

	interface Greeter {

		String greet(String who);

		default String greetAll(String... who) {
			return String.join(", ", java.util.Arrays.stream(who).map(this::greet).toList());
		}

		default String name() {
			return "default";
		}

		PythonObject me();

	}

	@Test
	void anInterfaceIsAProxy() {
		try (PythonObject object = makeIn(0)) {
			Greeter greeter = object.as(Greeter.class);
			assertThat(greeter.greet("you")).isEqualTo("kept greets you");
			assertThat(greeter.greetAll("a", "b")).isEqualTo("kept greets a, kept greets b");
			assertThat(greeter.name()).isEqualTo("default");
			try (PythonObject me = greeter.me()) {
				assertThat(this.pool.invoke(call("same", me, object), Engine.NONE)).isEqualTo(true);
			}
			assertThat(greeter).hasToString("Kept kept").isEqualTo(greeter).isNotEqualTo(object.as(Greeter.class));
			assertThat(greeter.hashCode()).isEqualTo(greeter.hashCode());
			assertThat(object.as(PythonObject.class)).isSameAs(object);
			BiFunction<?, ?, ?> function = object.as(BiFunction.class);
			@SuppressWarnings("unchecked")
			BiFunction<Object, Object, Object> typed = (BiFunction<Object, Object, Object>) function;
			assertThat(typed.apply(1L, 2L)).isEqualTo(List.of("kept", List.of(1L, 2L), Map.of()));
			assertThat(typed.andThen(String::valueOf).apply(1L, 2L)).contains("kept");
			assertThat(object.as(Comparator.class).reversed()).isNotNull();
			assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> object.as(Types.class).list())
				.withMessageContaining("'Kept' object has no method 'list'");
			assertThat(object.as(Supplier.class).get()).isEqualTo(List.of("kept", List.of(), Map.of()));
		}
		assertNothingIsLeft();
	}

	@Test
	void anyOtherTypeIsAConversion() {
		try (PythonObject list = (PythonObject) this.pool
			.invoke(PythonRequest.eval("[1, 2]", Map.of()).returning(ResultForm.HANDLE), Engine.NONE)) {
			assertThat((Object) list.as(List.class)).isEqualTo(List.of(1L, 2L));
			assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> list.as(String.class));
			assertThat(list.type()).isEqualTo("list");
		}
	}

	@Test
	void aJavaObjectCanBePutIntoAPythonObject() {
		Object mine = new Object();
		try (PythonObject object = makeIn(0)) {
			object.setAttribute("mine", JavaRef.of(mine));
			assertThat(object.getAttribute("mine")).isSameAs(mine);
		}
		assertNothingIsLeft();
		Awaitility.await().untilAsserted(() -> {
			JavaObjects.sweep();
			assertThat(LibPyboot.pb_live_refs()).isZero();
		});
	}

}
