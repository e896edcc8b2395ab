package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonNotRunningException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What a pool does for its callers.
 */
class OperationTests extends PoolTestBase {

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void positionalAndKeywordArgumentsArrive(Engine.Way way) {
		this.pool.broadcast(PythonRequest.exec("def f(a, /, b, *c, d=4, **e): return [a, b, list(c), d, e]", Map.of()),
				Engine.NONE);
		assertThat(
				way.run(this.pool, PythonRequest.call("__main__:f", new Object[] { 1, 2, 3 }, Map.of("d", 5, "z", 6))))
			.isEqualTo(List.of(1L, 2L, List.of(3L), 5L, Map.of("z", 6L)));
	}

	@Test
	void manyArgumentsArrive() {
		Object[] arguments = IntStream.range(0, 500).boxed().toArray();
		assertThat(this.pool.invoke(PythonRequest.call("builtins:max", arguments, Map.of()), Engine.NONE))
			.isEqualTo(499L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "os.path:join", "os.path.join", "os:path.join" })
	void functionIsFoundByEntryPointOrDottedName(String name) {
		assertThat(this.pool.invoke(Engine.call(name, "a", "b"), Engine.NONE)).isEqualTo("a/b");
	}

	@Test
	void methodOfAClassIsFound() {
		assertThat(this.pool.invoke(Engine.call("builtins:str.upper", "x"), Engine.NONE)).isEqualTo("X");
		assertThat(this.pool.invoke(Engine.call("collections.OrderedDict.fromkeys", List.of("a")), Engine.NONE))
			.isEqualTo(java.util.Collections.singletonMap("a", null));
	}

	@Test
	void redefinedFunctionIsSeen() {
		RequestOptions first = Engine.NONE.withContextIndex(0);
		this.pool.invoke(PythonRequest.exec("def g(): return 1", Map.of()), first);
		assertThat(this.pool.invoke(Engine.call("__main__:g"), first)).isEqualTo(1L);
		this.pool.invoke(PythonRequest.exec("def g(): return 2", Map.of()), first);
		assertThat(this.pool.invoke(Engine.call("__main__:g"), first)).isEqualTo(2L);
		this.pool.invoke(PythonRequest.exec("del g", Map.of()), first);
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> this.pool.invoke(Engine.call("__main__:g"), first));
	}

	@Test
	void variablesOfAnEvaluationAreSeenEverywhereInItAndNowhereAfterwards() {
		assertThat(this.pool.invoke(
				PythonRequest.eval("sum(x * n for x in xs) + (lambda: n)()", Map.of("xs", List.of(1, 2, 3), "n", 10)),
				Engine.NONE))
			.isEqualTo(70L);
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> {
			Engine.eval(this.pool, "n_of_nobody");
		}).withMessageContaining("NameError");
	}

	@Test
	void executionBindsItsVariables() {
		RequestOptions first = Engine.NONE.withContextIndex(0);
		this.pool.invoke(PythonRequest.exec("total = sum(values)", Map.of("values", List.of(1, 2))), first);
		assertThat(this.pool.invoke(PythonRequest.eval("total", Map.of()), first)).isEqualTo(3L);
	}

	@Test
	void manySourcesAreCompiledWithoutKeepingThemAll() {
		for (int i = 0; i < 2000; i++) {
			assertThat(Engine.eval(this.pool, i + "+1")).isEqualTo(i + 1L);
		}
	}

	@Test
	void sessionKeepsItsVariablesToItself() {
		try (PythonSession one = this.pool.openSession(Engine.NONE.withContextIndex(0));
				PythonSession two = this.pool.openSession(Engine.NONE.withContextIndex(0))) {
			one.invoke(PythonRequest.exec("import json\nx = 1\ndef f(): return x", Map.of()), Engine.NONE);
			two.invoke(PythonRequest.exec("x = 2", Map.of()), Engine.NONE);
			assertThat(one.invoke(Engine.call("f"), Engine.NONE)).isEqualTo(1L);
			assertThat(one.invoke(Engine.call("json.dumps", "a"), Engine.NONE)).isEqualTo("\"a\"");
			assertThat(two.invoke(PythonRequest.eval("x", Map.of()), Engine.NONE)).isEqualTo(2L);
			assertThatExceptionOfType(PythonCallException.class)
				.isThrownBy(() -> two.invoke(Engine.call("f"), Engine.NONE));
			assertThat(
					this.pool.invoke(PythonRequest.eval("'x' in globals()", Map.of()), Engine.NONE.withContextIndex(0)))
				.isEqualTo(false);
			one.close();
			assertThatExceptionOfType(PythonNotRunningException.class)
				.isThrownBy(() -> one.invoke(PythonRequest.eval("x", Map.of()), Engine.NONE));
		}
	}

	@Test
	void aSessionThatNobodyClosedIsEndedWithItsLastReference() {
		abandonSession();
		org.awaitility.Awaitility.await().until(() -> {
			System.gc();
			this.pool.broadcast(PythonRequest.gc(), Engine.NONE);
			return this.pool.invoke(PythonRequest.eval("__import__('sys').__dict__.get('session_ended')", Map.of()),
					Engine.NONE.withContextIndex(0));
		}, Boolean.TRUE::equals);
	}

	private void abandonSession() {
		PythonSession session = this.pool.openSession(Engine.NONE.withContextIndex(0));
		session.invoke(PythonRequest.exec("""
				import sys
				class Left:
				    def __del__(self, sys=sys): sys.session_ended = True
				left = Left()
				""", Map.of()), Engine.NONE);
		assertThat(session.invoke(PythonRequest.eval("sys.__dict__.get('session_ended')", Map.of()), Engine.NONE))
			.isNull();
	}

	@Test
	void sessionOfAReplacedContextIsNamed() {
		PythonSession session = this.pool.openSession(Engine.NONE.withContextIndex(1));
		session.invoke(PythonRequest.exec("x = 1", Map.of()), Engine.NONE);
		this.pool.restart(1);
		assertThatExceptionOfType(PythonContextLostException.class)
			.isThrownBy(() -> session.invoke(PythonRequest.eval("x", Map.of()), Engine.NONE));
		session.close();
	}

	@Test
	void castRunsAndItsFailureIsCounted() {
		RequestOptions first = Engine.NONE.withContextIndex(0);
		this.pool.invoke(
				PythonRequest.exec("seen = []\ndef note(x): seen.append(x)\ndef fail(): raise ValueError", Map.of()),
				first);
		long failed = this.pool.counters().get("requests.failed");
		long completed = this.pool.counters().get("requests.completed");
		for (int i = 0; i < 100; i++) {
			this.pool.cast(Engine.call("__main__:note", i), first);
		}
		this.pool.cast(Engine.call("__main__:fail"), first);
		await().until(() -> this.pool.counters().get("requests.failed") == failed + 1);
		assertThat(this.pool.invoke(PythonRequest.eval("seen == list(range(100))", Map.of()), first)).isEqualTo(true);
		assertThat(this.pool.counters().get("requests.completed")).isEqualTo(completed + 101);
		assertThat(this.pool.counters().get("requests.cast.call")).isGreaterThanOrEqualTo(101);
	}

	@Test
	void futuresOfManyCallsComplete() throws Exception {
		List<CompletableFuture<Object>> futures = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			futures.add(this.pool.submit(Engine.call("builtins:abs", -i), Engine.NONE));
		}
		for (int i = 0; i < futures.size(); i++) {
			assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo((long) i);
		}
	}

	@Test
	void requestsOfOneSubmitterToOneContextRunInOrder() {
		RequestOptions first = Engine.NONE.withContextIndex(0);
		this.pool.invoke(PythonRequest.exec("order = []", Map.of()), first);
		List<CompletableFuture<Object>> futures = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			futures.add(this.pool.submit(PythonRequest.exec("order.append(i)", Map.of("i", i)), first));
		}
		futures.forEach(CompletableFuture::join);
		assertThat(this.pool.invoke(PythonRequest.eval("order == list(range(3000))", Map.of()), first)).isEqualTo(true);
	}

	@Test
	void equalAffinityKeysShareAContext() {
		Set<Object> contexts = new HashSet<>();
		for (int i = 0; i < 50; i++) {
			contexts.add(this.pool.invoke(PythonRequest.eval("__import__('pyboot').context().index", Map.of()),
					Engine.NONE.withAffinityKey("customer-7")));
		}
		assertThat(contexts).hasSize(1);
		for (int index = 0; index < 2; index++) {
			assertThat(this.pool.invoke(PythonRequest.eval("__import__('pyboot').context().index", Map.of()),
					Engine.NONE.withContextIndex(index)))
				.isEqualTo((long) index);
		}
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.pool.invoke(PythonRequest.eval("1", Map.of()), Engine.NONE.withContextIndex(2)));
	}

	@Test
	void threadReturnsToItsContext() {
		Set<Object> contexts = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			contexts.add(Engine.eval(this.pool, "__import__('pyboot').context().index"));
		}
		assertThat(contexts)
			.hasSizeLessThanOrEqualTo((this.pool.mode() == PythonMode.SUBINTERPRETER && Engine.isAtLeast(14)) ? 1 : 2);
	}

	@Test
	void contextVariablesDoNotLeakIntoTheNextRequest() {
		String source = """
				import contextvars
				try: var
				except NameError: var = contextvars.ContextVar('var', default='unset')
				""";
		this.pool.broadcast(PythonRequest.exec(source, Map.of()), Engine.NONE);
		for (Engine.Way way : Engine.Way.values()) {
			way.run(this.pool, PythonRequest.exec("var.set('mine')", Map.of()));
			way.run(this.pool, PythonRequest.exec("var.set('mine')", Map.of()));
			for (int i = 0; i < 4; i++) {
				assertThat(way.run(this.pool, PythonRequest.eval("var.get()", Map.of()))).isEqualTo("unset");
			}
		}
	}

	@Test
	void threadsOfEveryKindMayCall() throws Exception {
		List<CompletableFuture<Object>> futures = new ArrayList<>();
		for (int i = 0; i < 250; i++) {
			int n = i;
			futures.add(CompletableFuture.supplyAsync(
					() -> this.pool.invoke(Engine.call("builtins:abs", -n), Engine.NONE), ForkJoinPool.commonPool()));
			CompletableFuture<Object> onNewThread = new CompletableFuture<>();
			new Thread(() -> onNewThread.complete(this.pool.invoke(Engine.call("builtins:abs", -n), Engine.NONE)))
				.start();
			futures.add(onNewThread);
		}
		for (int i = 0; i < futures.size(); i++) {
			assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo((long) (i / 2));
		}
	}

	@Test
	void garbageIsCollectedOnRequest() {
		RequestOptions first = Engine.NONE.withContextIndex(0);
		this.pool.invoke(PythonRequest.exec("import gc; gc.disable()\nfor _ in range(100): c = []; c.append(c)\ndel c",
				Map.of()), first);
		assertThat((Long) this.pool.invoke(PythonRequest.gc(), first)).isGreaterThanOrEqualTo(99L);
		this.pool.invoke(PythonRequest.exec("gc.enable()", Map.of()), first);
	}

	@Test
	void standardModulesWorkInEveryContext() {
		this.pool.broadcast(PythonRequest.exec("""
				import math, _socket, ssl, datetime, decimal, asyncio, json, zoneinfo
				assert datetime.datetime.now().year > 2000
				assert decimal.Decimal('0.1') + decimal.Decimal('0.2') == decimal.Decimal('0.3')
				async def f():
				    await asyncio.sleep(0.01)
				    return 7
				assert asyncio.run(f()) == 7
				""", Map.of()), Engine.NONE);
	}

}
