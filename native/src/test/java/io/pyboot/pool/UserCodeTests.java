package io.pyboot.pool;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.pyboot.PythonCallException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonExitException;
import io.pyboot.PythonTuple;
import io.pyboot.callback.CallbackRegistry;
import io.pyboot.pool.Engine.Way;
import io.pyboot.runtime.PythonRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Code as users write it, with all that it does to the interpreter around it: a value, or
 * an exception that says what is wrong, and the same context answers the next request.
 * Each line of the tables runs in every mode and on every way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UserCodeTests {

	private static final List<PythonMode> MODES = List.of(PythonMode.AUTO, PythonMode.MAIN);

	private final Map<PythonMode, PythonPool> pools = new LinkedHashMap<>();

	private final CallbackRegistry registry = new CallbackRegistry();

	private PythonRuntime runtime;

	@BeforeAll
	void openPools() {
		this.runtime = Engine.start();
		Map<Object, Object> prices = new LinkedHashMap<>();
		prices.put("apple", 3L);
		prices.put(null, null);
		this.registry.register("prices", (arguments, keywords) -> prices);
		this.registry.register("type", (arguments, keywords) -> arguments.get(0).getClass().getName());
		this.registry.register("same", (arguments, keywords) -> arguments.get(0));
		this.registry.register("fail", (arguments, keywords) -> {
			throw new java.io.IOException("no such seat");
		});
		for (PythonMode mode : MODES) {
			PoolOptions options = PoolOptions.named("user-" + mode).withMode(mode).withSize(1);
			PythonPool pool = PythonPool.open(this.runtime, options, this.registry);
			this.pools.put(mode, pool);
			this.registry.register("exec_" + mode, (arguments, keywords) -> pool
				.invoke(PythonRequest.exec((String) arguments.get(0), Map.of()), Engine.NONE));
			Engine.exec(pool, "import pyboot\nmode = '" + mode + "'\n" + HELPERS);
		}
	}

	private static final String HELPERS = """
			def in_thread(function, *args):
			    import threading
			    kept, threading.excepthook = threading.excepthook, lambda args: None
			    thread = threading.Thread(target=function, args=args)
			    thread.start()
			    thread.join()
			    threading.excepthook = kept
			    return 'joined'

			def in_loop(function):
			    import asyncio
			    async def run():
			        await asyncio.sleep(0)
			        return function()
			    return asyncio.run(run())

			def child_of_a_loop():
			    import asyncio
			    async def run():
			        child = await asyncio.create_subprocess_exec('echo', 'hi', stdout=asyncio.subprocess.PIPE)
			        return (await child.communicate())[0]
			    return asyncio.run(run())

			async def agen():
			    yield 1

			def nested(source):
			    return pyboot.call('exec_' + mode, source)
			""";

	@AfterAll
	void closePools() {
		this.pools.values().forEach(PythonPool::close);
		this.pools.values().forEach(PoolTestBase::assertBalanced);
		this.runtime.release();
	}

	private static Stream<Arguments> everywhere(List<Object[]> rows) {
		return rows.stream().flatMap((row) -> MODES.stream().flatMap((mode) -> Stream.of(Way.values()).map((way) -> {
			List<Object> all = new ArrayList<>(List.of(row[0], mode, way));
			all.addAll(Arrays.asList(row).subList(1, row.length));
			return Arguments.of(all.toArray());
		})));
	}

	private static Object[] row(@Nullable Object... cells) {
		return cells;
	}

	static Stream<Arguments> expressions() {
		Map<Object, Object> prices = new LinkedHashMap<>();
		prices.put("apple", 3L);
		prices.put(null, null);
		return everywhere(List.of(
				row("a callback's map is a dict", "pyboot.prices() == {'apple': 3, None: None}", true),
				row("a callback's map crosses back", "pyboot.prices()", prices),
				row("a dict is a map for a callback", "pyboot.type({'a': 1})", "java.util.LinkedHashMap"),
				row("an int is no bool for a callback", "[pyboot.type(1), pyboot.type(True)]",
						List.of("java.lang.Long", "java.lang.Boolean")),
				row("a callback gets ints of any size", "pyboot.same(-2**63 - 1)",
						BigInteger.TWO.pow(63).negate().subtract(BigInteger.ONE)),
				row("a callback gives back what it got",
						"pyboot.same([None, ('a', {1.5: b'x'.hex()}), {1}, '\\ud800'])",
						Arrays.asList(null, PythonTuple.of("a", Map.of(1.5, "78")), Set.of(1L), "\ud800")),
				row("astral text is one character each", "[len('\\U0001F601x'), pyboot.same('\\U0001F601')]",
						List.of(2L, "\ud83d\ude01")),
				row("a value may be falsy or have an odd equality",
						"type('E', (int,), {'__eq__': lambda a, b: 1/0, '__hash__': int.__hash__})(5)", 5L),
				row("a str that lies about its length", "type('L', (str,), {'__len__': lambda s: -5})('abc')", "abc"),
				row("a list that lies about its length and items",
						"type('L', (list,), {'__len__': lambda s: 10**9, '__getitem__': lambda s, i: 1/0})([1, 2])",
						List.of(1L, 2L)),
				row("a dict whose items raise", "type('D', (dict,), {'items': lambda s: 1/0})(a=1)", Map.of("a", 1L)),
				row("hand-made fields of a tuple that are no names",
						"type('T', (tuple,), {'_fields': ('two words', 'x')})((1, 2))", PythonTuple.of(1L, 2L)),
				row("a view that skips", "bytes(memoryview(b'abcdef')[::-2])", new byte[] { 'f', 'd', 'b' }),
				row("a thread that exits", "in_thread(__import__('sys').exit, 3)", "joined"),
				row("a thread that is interrupted", "in_thread(exec, 'raise KeyboardInterrupt')", "joined"),
				row("a thread that fails", "in_thread(exec, '1/0')", "joined"),
				row("a thread that calls Java that fails", "in_thread(pyboot.fail)", "joined"),
				row("an event loop", "in_loop(lambda: 7)", 7L),
				row("an event loop that calls Java", "in_loop(lambda: pyboot.same('x'))", "x"),
				row("handlers of the JVM for signals", "__import__('signal').getsignal(15)", null),
				row("an exit that is caught", "nested('try:\\n raise SystemExit\\nexcept BaseException: pass')", null),
				row("the executable is a Python", "__import__('os').path.basename(__import__('sys').executable)[:6]",
						"python"),
				row("a child process",
						"__import__('subprocess').run([__import__('sys').executable, '-c', 'print(6 * 7)'], "
								+ "capture_output=True, text=True).stdout.strip()",
						"42"),
				row("a child process of an event loop", "child_of_a_loop()", "hi\n".getBytes()),
				row("filters for warnings",
						"(__import__('warnings').simplefilter('error'), __import__('warnings').resetwarnings())[0]",
						null),
				row("a locale", "__import__('locale').setlocale(0, 'C')", "C"),
				row("a number after a locale", "str(1.5)", "1.5")));
	}

	@ParameterizedTest(name = "{0}, {1} {2}")
	@MethodSource("expressions")
	void expressionGives(String name, PythonMode mode, Way way, String expression, @Nullable Object expected) {
		PythonPool pool = this.pools.get(mode);
		Object value = way.run(pool, PythonRequest.eval(expression, Map.of()));
		if (expected instanceof byte[] bytes) {
			assertThat((byte[]) value).isEqualTo(bytes);
		}
		else {
			assertThat(value).isEqualTo(expected);
		}
		assertAnswers(pool);
	}

	static Stream<Arguments> arguments() {
		Map<Object, Object> nullKey = new LinkedHashMap<>();
		nullKey.put(null, 1);
		return everywhere(List.of(row("a map makes a dict", "dict(x) == {'a': 1} and {**x} == x", Map.of("a", 1), true),
				row("a string is a key", "{'foo': 1}[x]", "foo", 1L),
				row("a missing key is missing", "x.get('nope', 'missing')", Map.of("a", 1), "missing"),
				row("a map's null key", "x[None]", nullKey, 1L),
				row("a one-character string and a char", "x[0] == x[1] == 'x'", List.of("x", 'x'), true),
				row("two-dimensional arrays", "[list(r) for r in x]", new long[][] { { 1, 2 }, {} },
						List.of(List.of(1L, 2L), List.of())),
				row("nothing within something", "x == [None, [None], {'k': None}]",
						Arrays.asList(Optional.empty(), Collections.singletonList(null),
								Collections.singletonMap("k", Optional.empty())),
						true),
				row("empty containers", "x == [[], {}, set(), (), '', b'']",
						List.of(List.of(), Map.of(), Set.of(), PythonTuple.of(), "", new byte[0]), true),
				row("NUL in a key", "list(x) == ['a\\0b'] and x['a\\0b'] == '\\0'", Map.of("a\0b", "\0"), true),
				row("lone surrogates", "[len(x), x == '\\ud83d']", "\ud83d", List.of(1L, true)),
				row("json of nested maps", "__import__('json').dumps(x)", Map.of("a", Map.of("b", List.of(1))),
						"{\"a\": {\"b\": [1]}}"),
				row("format of numbers", "f'{x[0]:.2f} {x[1]:>4}'", List.of(1.005f, (byte) 7), "1.00    7"),
				row("arithmetic with shorts and chars", "x[0] + 1, ord(x[1])", List.of((short) 300, '\u00e9'),
						PythonTuple.of(301L, 233L))));
	}

	@ParameterizedTest(name = "{0}, {1} {2}")
	@MethodSource("arguments")
	void argumentIs(String name, PythonMode mode, Way way, String expression, Object argument,
			@Nullable Object expected) {
		PythonPool pool = this.pools.get(mode);
		assertThat(way.run(pool, PythonRequest.eval(expression, Map.of("x", argument)))).isEqualTo(expected);
		assertAnswers(pool);
	}

	static Stream<Arguments> raising() {
		return everywhere(List.of(
				row("a missing key of a callback's map", "pyboot.prices()['nope']", "KeyError", "nope"),
				row("an exit in an event loop", "in_loop(lambda: __import__('sys').exit(4))", "SystemExit", "4"),
				row("an exit from an exception handler", "try:\n  1/0\nexcept ZeroDivisionError:\n  exit(5)",
						"SystemExit", "5"),
				row("an interrupt in an event loop", "in_loop(lambda: exec('raise KeyboardInterrupt'))",
						"KeyboardInterrupt", ""),
				row("astral text in a message", "raise ValueError('\\U0001F601')", "ValueError", "\ud83d\ude01"),
				row("a lone surrogate in a message", "raise ValueError('a\\udc80')", "ValueError", "a\udc80"),
				row("NUL in a message", "raise ValueError('a\\0b')", "ValueError", "a\0b"),
				row("a huge message", "raise ValueError('x' * 3_000_000)", "ValueError", "xxx"),
				row("an exception of a thread pool",
						"from concurrent.futures import ThreadPoolExecutor as T\nwith T(1) as t: t.submit(int, 'x').result()",
						"ValueError", "invalid literal"),
				row("a handler for a signal", "import signal\nsignal.signal(signal.SIGTERM, lambda *a: None)",
						"ValueError", "signal only works in main thread"),
				row("a handler for a signal in an event loop",
						"in_loop(lambda: __import__('asyncio').get_running_loop().add_signal_handler(15, print))",
						"ValueError|RuntimeError", ""),
				row("an assertion", "assert 1 == 2, 'no'", "AssertionError", "no"),
				row("a generator that is empty", "next(iter(()))", "StopIteration", ""),
				row("memory that is not there", "bytearray(2**62)", "MemoryError", ""),
				row("a class of exceptions that is not built in", "class Own(LookupError): pass\nraise Own('mine')",
						"Own", "mine"),
				row("an import that fails", "import no_such_module", "ModuleNotFoundError", "no_such_module"),
				row("a source that does not compile", "x = = 1", "SyntaxError", "invalid syntax"),
				row("a source with NUL", "x = 1\0", "SyntaxError|ValueError", "null"),
				row("a group within a group",
						"raise ExceptionGroup('outer', [ExceptionGroup('inner', [KeyError('k')])])", "ExceptionGroup",
						"outer (1 sub-exception)"),
				row("a callback that fails", "pyboot.fail()", "pyboot.JavaError", "java.io.IOException: no such seat"),
				row("a nested request that fails", "nested('int(\"x\")')", "pyboot.JavaError",
						"io.pyboot.PythonCallException: ValueError"),
				row("a nested request that exits", "nested('raise SystemExit(3)')", "pyboot.JavaError",
						"io.pyboot.PythonExitException"),
				row("an unconvertible argument of a callback", "pyboot.same(object())", "TypeError", "at args[0]")));
	}

	@ParameterizedTest(name = "{0}, {1} {2}")
	@MethodSource("raising")
	void codeRaises(String name, PythonMode mode, Way way, String source, String type, String message) {
		PythonPool pool = this.pools.get(mode);
		Throwable thrown = catchThrowable(() -> way.run(pool, PythonRequest.exec(source, Map.of())));
		assertThat(thrown).isInstanceOf(PythonCallException.class);
		PythonCallException raised = (PythonCallException) thrown;
		assertThat(raised.getPythonType()).matches(type.replace(".", "\\."));
		assertThat(raised.getPythonMessage()).contains(message);
		assertThat(raised.getTraceback()).isNotEmpty();
		if (type.equals("SystemExit")) {
			assertThat(((PythonExitException) raised).getExitCode()).isEqualTo(Integer.parseInt(message));
		}
		assertAnswers(pool);
	}

	static Stream<Arguments> originals() {
		return everywhere(List.of(row("of a callback", "pyboot.fail()", java.io.IOException.class),
				row("after another exception", "try:\n  1/0\nexcept ZeroDivisionError:\n  pyboot.fail()",
						java.io.IOException.class),
				row("of a nested request", "nested('int(\"x\")')", PythonCallException.class),
				row("of a nested exit", "nested('raise SystemExit(3)')", PythonExitException.class)));
	}

	@ParameterizedTest(name = "{0}, {1} {2}")
	@MethodSource("originals")
	void whatJavaThrewComesBackAsTheCause(String name, PythonMode mode, Way way, String source, Class<?> cause) {
		Throwable thrown = catchThrowable(() -> way.run(this.pools.get(mode), PythonRequest.exec(source, Map.of())));
		assertThat(thrown).isInstanceOf(PythonCallException.class);
		assertThat(thrown.getCause()).isExactlyInstanceOf(cause);
	}

	static Stream<Arguments> refused() {
		return everywhere(List.of(row("a list within itself", "(l := [], l.append(l))[0]", "contains itself"),
				row("a set of what is no value", "{print}", "no counterpart"),
				row("an async generator", "agen()", "'async_generator' has no counterpart"),
				row("a coroutine", "(c := type('C', (), {'__await__': None})())", "has no counterpart"),
				row("a module", "__import__('sys')", "'module' has no counterpart"),
				row("a lock", "__import__('threading').Lock()", "has no counterpart"),
				row("a value that fails when asked for its class",
						"type('H', (), {'__class__': property(lambda s: 1/0)})()", "no counterpart"),
				row("an iterator", "iter([1])", "no counterpart"), row("an ellipsis", "[...]", "at result[0]")));
	}

	@ParameterizedTest(name = "{0}, {1} {2}")
	@MethodSource("refused")
	void resultIsRefusedByName(String name, PythonMode mode, Way way, String expression, String message) {
		PythonPool pool = this.pools.get(mode);
		assertThat(catchThrowable(() -> way.run(pool, PythonRequest.eval(expression, Map.of()))))
			.isInstanceOf(PythonConversionException.class)
			.hasMessageContaining(message);
		assertAnswers(pool);
	}

	static Stream<Arguments> disturbances() {
		return everywhere(List.of(row("an audit hook", "import sys\nsys.addaudithook(lambda event, args: None)"),
				row("another folder", "import os\nhere = os.getcwd()\nos.chdir('/')\nos.chdir(here)"),
				row("another environment",
						"import os\nos.environ['PYBOOT_USER_CODE'] = 'x'\nos.environ.pop('PYBOOT_USER_CODE')"),
				row("an emptied sys.path", "import sys\nkept = sys.path[:]\nsys.path.clear()\nsys.path[:] = kept"),
				row("streams that are gone",
						"import sys\nkept = sys.stdout\nsys.stdout = None\nprint('x')\nsys.stdout = kept"),
				row("a trace function", "import sys\nsys.settrace(lambda *a: None)\nsys.settrace(None)"),
				row("builtins that were replaced",
						"import builtins\nkept = builtins.len\nbuiltins.len = None\nbuiltins.len = kept"),
				row("no garbage collection", "import gc\ngc.disable()\ngc.collect()\ngc.enable()"),
				row("a finalizer that raises", "class F:\n  def __del__(self): raise ValueError\nF()\nNone"),
				row("a weak reference's callback that raises",
						"import weakref\nclass F: pass\nf = F()\nr = weakref.ref(f, lambda _: 1/0)\ndel f"),
				row("output", "import os\nprint('x' * 10000, flush=True)\nos.write(1, b'')"),
				row("a switch interval",
						"import sys\nkept = sys.getswitchinterval()\nsys.setswitchinterval(1e-6)\nsum(range(1000))\nsys.setswitchinterval(kept)"),
				row("modules that were imported again",
						"import sys, json\nsys.modules.pop('json')\nimport json\njson.dumps({})"),
				row("context variables", "import contextvars\nv = contextvars.ContextVar('v')\nv.set(1)")));
	}

	@ParameterizedTest(name = "{0}, {1} {2}")
	@MethodSource("disturbances")
	void contextAnswersAfter(String name, PythonMode mode, Way way, String source) {
		PythonPool pool = this.pools.get(mode);
		way.run(pool, PythonRequest.exec(source, Map.of()));
		assertAnswers(pool);
	}

	private static void assertAnswers(PythonPool pool) {
		for (Way way : Way.values()) {
			assertThat(way.run(pool, PythonRequest.eval("[1 + 1, {'a': 'b'}, 1.5]", Map.of())))
				.isEqualTo(List.of(2L, Map.of("a", "b"), 1.5));
		}
	}

}
