package io.pyboot.pool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.pyboot.JavaRef;
import io.pyboot.PythonCallException;
import io.pyboot.PythonChannel;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonObject;
import io.pyboot.PythonView;
import io.pyboot.ReadAhead;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.JavaObjects;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.state.InMemoryStateStore;
import io.pyboot.state.PythonSharedState;
import io.pyboot.state.SharedStateCallbacks;
import io.pyboot.state.SharedStateFullException;
import io.pyboot.state.StoredSharedState;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Contexts of two pools and Java share values.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedStateTests {

	private static final int MAX_ENTRIES = 8;

	private final CallbackRegistry registry = new CallbackRegistry();

	private final PythonSharedState state = new StoredSharedState(new InMemoryStateStore(MAX_ENTRIES), null);

	private PythonRuntime runtime;

	private PythonPool pool;

	private PythonPool other;

	@BeforeAll
	void open() {
		this.runtime = Engine.start();
		SharedStateCallbacks.register(this.registry, this.state);
		this.pool = PythonPool.open(this.runtime, PoolOptions.named("state").withSize(2), this.registry);
		this.other = PythonPool.open(this.runtime, PoolOptions.named("main").withSize(2).withMode(PythonMode.MAIN),
				this.registry);
		for (PythonPool each : List.of(this.pool, this.other)) {
			each.broadcast(PythonRequest.exec("import pyboot\nfrom pyboot import state", Map.of()), Engine.NONE);
		}
	}

	@AfterAll
	void close() {
		this.pool.close();
		this.other.close();
		this.runtime.release();
	}

	@BeforeEach
	void clear() {
		this.state.keys().forEach(this.state::delete);
	}

	private void exec(String source) {
		Engine.exec(this.pool, source);
	}

	private @Nullable Object eval(String expression) {
		return Engine.eval(this.pool, expression);
	}

	private void assertRaises(String type, String message, String source) {
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> exec(source))
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo(type));
	}

	@ParameterizedTest
	@EnumSource
	void whatOneContextStoresAllOthersAndJavaSee(Way way) {
		way.run(this.pool,
				PythonRequest.exec("state['rates'] = {'EUR': [1.08, None, 'é😁', b'x', (1, 2**70)]}", Map.of()));
		for (PythonPool each : List.of(this.pool, this.other)) {
			for (int i = 0; i < 2; i++) {
				assertThat(each.invoke(PythonRequest
					.eval("state['rates'] == {'EUR': [1.08, None, 'é😁', b'x', (1, 2**70)]}", Map.of()),
						Engine.NONE.withContextIndex(i)))
					.isEqualTo(true);
			}
		}
		this.state.set("from java", Map.of("n", 1));
		assertThat(way.run(this.other, PythonRequest.eval("state['from java']", Map.of()))).isEqualTo(Map.of("n", 1L));
	}

	@Test
	void itIsAMapping() {
		exec("""
				from collections.abc import MutableMapping
				assert isinstance(state, MutableMapping) and pyboot.state is state
				assert len(state) == 0 and 'a' not in state and 5 not in state and state.get('a') is None
				state['a'] = 1
				state.set('b', None)
				state.update(c=[3])
				assert len(state) == 3 and 'b' in state and state.get('b', 7) is None
				assert sorted(state) == ['a', 'b', 'c'] == sorted(state.keys()) and list(state.keys('c')) == ['c']
				assert dict(state) == dict(state.items()) == {'a': 1, 'b': None, 'c': [3]}
				assert state.setdefault('a', 5) == 1 and state.setdefault('d', 5) == 5
				assert state.pop('a') == 1 and state.pop('a', 9) == 9
				del state['b']
				assert state.delete('c') is True and state.delete('c') is False
				for key in state: del state[key]
				assert state == {}
				state['x'] = 1
				state.clear()
				assert not state
				""");
	}

	@Test
	void aMissingKeyIsAKeyErrorAndAKeyIsAStr() {
		assertRaises("KeyError", "'nope'", "state['nope']");
		assertRaises("KeyError", "'nope'", "del state['nope']");
		assertRaises("KeyError", "'nope'", "state.pop('nope')");
		assertRaises("TypeError", "a key must be a str, not int", "state[1] = 2");
		assertRaises("TypeError", "at args[2]", "state['x'] = object()");
		assertThat(this.state.get("nope")).isNull();
		assertThat(this.state.getOrDefault("nope", 5)).isEqualTo(5);
		assertThat(this.state.delete("nope")).isFalse();
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.state.set("x", Thread.currentThread()))
			.withMessageContaining("shared state['x']");
	}

	@Test
	void objectsThatStayOnTheirSideAreRefused() {
		PythonRequest make = PythonRequest.eval("{1}", Map.of()).returning(ResultForm.HANDLE);
		try (PythonObject handle = (PythonObject) this.pool.invoke(make, Engine.NONE)) {
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.state.set("x", List.of(handle)))
				.withMessageContaining("pool 'state', which ends with that context, cannot be stored: store a value")
				.withMessageContaining("shared state['x'][0]");
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.state.set("x", Map.of("a", JavaRef.of("text"))))
				.withMessageContaining("a JavaRef, which means something in this process only, cannot be stored")
				.withMessageContaining("shared state['x']['a']");
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.state.set("x", PythonView.of(ByteBuffer.allocateDirect(8))))
				.withMessageContaining("a PythonView, whose memory is lent for a request only, cannot be stored");
			for (Object object : List.of(handle, JavaRef.of("text"))) {
				for (String expression : List.of("state.set('x', [pyboot.handle(a)])", "state.set('x', [a, a])",
						"state.compare_and_set('x', pyboot.handle(a), 1)")) {
					if (object == handle && expression.contains("[a, a]")) {
						continue; // the set itself, which is a value
					}
					assertThatExceptionOfType(PythonCallException.class).isThrownBy(
							() -> this.pool.invoke(PythonRequest.eval(expression, Map.of("a", object)), Engine.NONE))
						.withMessageContaining("a JavaRef or a pyboot.handle cannot be stored: store a value")
						.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("TypeError"));
				}
			}
		}
		assertThat(this.state.keys()).isEmpty();
		Awaitility.await().untilAsserted(() -> {
			System.gc(); // the handles that the callback did not get
			JavaObjects.sweep();
			assertThat(JavaObjects.size()).isZero();
			assertThat(this.pool.handles(0) + this.pool.handles(1)).isZero();
		});
	}

	@Test
	void valuesAreCopies() {
		exec("mine = [1, 2]; state['list'] = mine; mine.append(3); state['list'].append(4)");
		assertThat(eval("state['list']")).isEqualTo(List.of(1L, 2L));
		List<Object> list = new ArrayList<>(List.of("a"));
		this.state.set("java", list);
		list.add("b");
		((List<?>) this.state.get("java")).clear();
		assertThat(eval("state['java']")).isEqualTo(List.of("a"));
	}

	@Test
	void compareAndSetComparesTypeAndValue() {
		this.state.set("x", 1);
		assertThat(eval("[state.compare_and_set('x', 1.0, 2), state.compare_and_set('x', True, 2)]"))
			.isEqualTo(List.of(false, false));
		assertThat(eval("[state.compare_and_set('x', 1, {3, 1, 2}), state.compare_and_set('x', {2, 3, 1}, None)]"))
			.isEqualTo(List.of(true, true));
		assertThat(eval("[state.compare_and_set('x', None, b'12'), state.compare_and_set('x', b'12', 'done')]"))
			.isEqualTo(List.of(true, true));
		assertThat(eval("state.compare_and_set('absent', None, 1)")).isEqualTo(false);
		assertThat(this.state.compareAndSet("x", "done", Arrays.asList(1, null))).isTrue();
		assertThat(this.state.setIfAbsent("x", 5)).isFalse();
		assertThat(this.state.get("x")).isEqualTo(Arrays.asList(1L, null));
	}

	@Test
	void countersHaveNamedErrors() {
		assertThat(eval("[state.increment('n'), state.increment('n', 10), state.decrement('n', 4)]"))
			.isEqualTo(List.of(1L, 11L, 7L));
		this.state.set("n", Long.MAX_VALUE);
		assertRaises("OverflowError", "overflow", "state.increment('n')");
		assertRaises("OverflowError", "64 bits", "state.increment('n', 2**64)");
		this.state.set("n", "text");
		assertRaises("TypeError", "'n' in the shared state is no integer but a java.lang.String",
				"state.increment('n')");
		assertRaises("TypeError", "by must be an int, not bool", "state.increment('n', True)");
		exec("state['n'] = True");
		assertThatExceptionOfType(PythonConversionException.class).isThrownBy(() -> this.state.increment("n", 1));
		exec("state['n'] = 2**63");
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> this.state.increment("n", 1));
	}

	@Test
	void theMaximumOfEntriesIsKept() {
		exec("for i in range(8): state[f'k{i}'] = i");
		assertRaises("pyboot.JavaError", "pyboot.state.max-entries", "state['one more'] = 1");
		assertRaises("pyboot.JavaError", "'one more' finds no place", "state.increment('one more')");
		exec("state['k3'] = 'changed'; state.increment('k4'); state.pop('k0'); state['one more'] = 1");
		assertThatExceptionOfType(SharedStateFullException.class).isThrownBy(() -> this.state.setIfAbsent("k0", 1));
		assertThat(this.state.keys()).hasSize(MAX_ENTRIES);
	}

	/** On eight threads at once: each of the ways into both pools, and Java itself. */
	private void atOnce(String python, Runnable java) {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<CompletableFuture<?>> all = new ArrayList<>();
			for (int t = 0; t < 6; t++) {
				PythonPool to = (t % 2 == 0) ? this.pool : this.other;
				Way way = Way.values()[t % 3];
				all.add(CompletableFuture.runAsync(() -> way.run(to, PythonRequest.exec(python, Map.of())), threads));
			}
			all.add(CompletableFuture.runAsync(java, threads));
			all.add(CompletableFuture.runAsync(java, threads));
			all.forEach(CompletableFuture::join);
		}
		finally {
			threads.shutdown();
		}
	}

	@Test
	void incrementsOfManyThreadsContextsAndJavaAddUp() {
		atOnce("for _ in range(500): state.increment('total', 2)", () -> {
			for (int i = 0; i < 500; i++) {
				this.state.increment("total", 2);
			}
		});
		assertThat(this.state.get("total")).isEqualTo(8000L);
	}

	@Test
	void compareAndSetLosesNoUpdate() {
		this.state.set("n", Map.of("count", 0));
		atOnce("""
				for _ in range(200):
				    while True:
				        seen = state['n']
				        if state.compare_and_set('n', seen, {'count': seen['count'] + 1}):
				            break
				""", () -> {
			for (int i = 0; i < 200; i++) {
				Object seen;
				do {
					seen = this.state.get("n");
				}
				while (!this.state.compareAndSet("n", seen,
						Map.of("count", (Long) ((Map<?, ?>) seen).get("count") + 1)));
			}
		});
		assertThat(this.state.get("n")).isEqualTo(Map.of("count", 1600L));
	}

	@Test
	void whatServesOnlyWhileItIsInUseIsNotStored() {
		try (PythonChannel<Object> channel = this.pool.openChannel("unstorable", 1, (message) -> message)) {
			for (Object value : List.of(List.of(1).iterator(), Stream.of(1), LongStream.of(1),
					ReadAhead.of(List.of(1).iterator(), 2))) {
				for (Object stored : List.of(value, List.of(Map.of("in", value)))) {
					assertThatExceptionOfType(PythonConversionException.class)
						.isThrownBy(() -> this.state.set("n", stored))
						.withMessageContaining("serves only the request that it is passed to")
						.withMessageContaining("shared state['n']");
				}
			}
			assertThatExceptionOfType(PythonConversionException.class)
				.isThrownBy(() -> this.state.set("n", List.of(channel)))
				.withMessageContaining("cannot be stored");
			assertRaises("TypeError", "Channel", "state['n'] = pyboot.channel('unstorable')");
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> this.pool
					.invoke(PythonRequest.exec("state['n'] = items", Map.of("items", Stream.of(1))), Engine.NONE))
				.withMessageContaining("JavaIterator");
		}
		assertThat(this.state.contains("n")).isFalse();
	}

	@Test
	void poolsWithoutAStateOfTheirOwnHaveOneInMemory() {
		try (PythonPool alone = PythonPool.open(this.runtime, PoolOptions.named("alone").withSize(1))) {
			assertThat(Engine.eval(alone, "__import__('pyboot').state.increment('n')")).isEqualTo(1L);
		}
		assertThat(this.state.contains("n")).isFalse();
	}

	@Test
	void whatAModuleKeepsIsPerContext() {
		PythonRequest remember = PythonRequest.exec("""
				import sys, types
				module = sys.modules.setdefault('cache_of_a_context', types.ModuleType('cache_of_a_context'))
				module.hits = getattr(module, 'hits', 0) + 1
				""", Map.of());
		PythonRequest hits = PythonRequest.eval("__import__('sys').modules['cache_of_a_context'].hits", Map.of());
		try (PythonPool own = PythonPool.open(this.runtime,
				PoolOptions.named("own").withSize(2).withMode(PythonMode.SUBINTERPRETER))) {
			own.invoke(remember, Engine.NONE.withContextIndex(0));
			own.invoke(remember, Engine.NONE.withContextIndex(0));
			own.invoke(remember, Engine.NONE.withContextIndex(1));
			assertThat(own.invoke(hits, Engine.NONE.withContextIndex(0))).isEqualTo(2L);
			assertThat(own.invoke(hits, Engine.NONE.withContextIndex(1))).isEqualTo(1L);
		}
		this.other.invoke(remember, Engine.NONE.withContextIndex(0));
		this.other.invoke(remember, Engine.NONE.withContextIndex(1));
		assertThat(this.other.invoke(hits, Engine.NONE.withContextIndex(0))).isEqualTo(2L);
	}

}
