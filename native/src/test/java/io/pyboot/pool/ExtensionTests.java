package io.pyboot.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonCallException;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Extension modules that misbehave in a subinterpreter give an error that helps, and the
 * process goes on. The modules are made here with the C compiler that built libpyboot.
 */
class ExtensionTests {

	private static final String RAISES = """
			extern void *PyExc_RuntimeError;
			extern void PyErr_SetString(void *, const char *);
			void *PyInit_raises(void) { PyErr_SetString(PyExc_RuntimeError, "init says no"); return 0; }
			""";

	/**
	 * Single-phase initialisation, as numpy and many others have: refused by
	 * subinterpreters.
	 */
	private static final String SINGLE_PHASE = """
			typedef long ssize;
			struct base { ssize refcnt; void *type; void *init; ssize index; void *copy; };
			struct def { struct base base; const char *name; const char *doc; ssize size; void *methods, *slots, *t, *c, *f; };
			extern void *PyModule_Create2(struct def *, int);
			static struct def module = { { 1, 0, 0, 0, 0 }, "single", 0, -1, 0, 0, 0, 0, 0 };
			void *PyInit_single(void) { return PyModule_Create2(&module, 1013); }
			""";

	@TempDir
	static Path directory;

	private static PythonRuntime runtime;

	@BeforeAll
	static void compile() throws Exception {
		runtime = Engine.start();
		compile("raises", RAISES);
		compile("single", SINGLE_PHASE);
	}

	@AfterAll
	static void release() {
		runtime.release();
	}

	private static void compile(String name, String source) throws IOException, InterruptedException {
		Path file = Files.writeString(directory.resolve(name + ".c"), source);
		Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o",
				directory.resolve(name + ".so").toString(), file.toString())
			.inheritIO()
			.start();
		assertThat(compiler.waitFor()).isZero();
	}

	private static PoolOptions options(String name) {
		return PoolOptions.named(name).withSize(2).withPath(List.of(directory));
	}

	private static PythonCallException failure(PythonPool pool, String source) {
		return catchThrowableOfType(PythonCallException.class, () -> Engine.exec(pool, source));
	}

	@Test
	void initThatRaisesIsAnErrorThatNamesTheModule() {
		try (PythonPool pool = PythonPool.open(runtime, options("raises"))) {
			for (int i = 0; i < 3; i++) {
				PythonCallException ex = failure(pool, "import raises");
				assertThat(ex).hasMessageContaining("init says no");
				if (pool.mode() == PythonMode.SUBINTERPRETER) {
					assertThat(ex).hasMessageContaining("raises cannot be imported");
				}
			}
			assertThat(runtime.counters().get("extensions.probed"))
				.isGreaterThanOrEqualTo((pool.mode() == PythonMode.SUBINTERPRETER) ? 1 : 0);
			assertThat(Engine.eval(pool, "1")).isEqualTo(1L);
		}
	}

	@Test
	void moduleThatRefusesSubinterpretersNamesTheRemedy() {
		try (PythonPool pool = PythonPool.open(runtime, options("refused"))) {
			for (int i = 0; pool.mode() == PythonMode.SUBINTERPRETER && i < 2; i++) {
				PythonCallException ex = failure(pool, "import single");
				assertThat(ex.getPythonType()).isEqualTo("ImportError");
				assertThat(ex).hasMessageContaining("does not support loading in subinterpreters")
					.hasMessageContaining("mode: main");
			}
		}
		try (PythonPool main = PythonPool.open(runtime, options("main").withMode(PythonMode.MAIN))) {
			Engine.exec(main, "import single");
			Engine.exec(main, "import single");
			assertThat(Engine.eval(main, "__import__('single').__name__")).isEqualTo("single");
		}
	}

	@Test
	void contextsOfTheMainInterpreterHaveNamespacesOfTheirOwn() {
		try (PythonPool main = PythonPool.open(runtime, options("namespaces").withMode(PythonMode.MAIN))) {
			for (int index = 0; index < 2; index++) {
				main.invoke(PythonRequest.exec("x = i\ndef f(): return x", Map.of("i", index)),
						Engine.NONE.withContextIndex(index));
			}
			for (int index = 0; index < 2; index++) {
				assertThat(main.invoke(Engine.call("__main__:f"), Engine.NONE.withContextIndex(index)))
					.isEqualTo((long) index);
				assertThat(main.invoke(PythonRequest.eval("__import__('pyboot').context().index", Map.of()),
						Engine.NONE.withContextIndex(index)))
					.isEqualTo((long) index);
			}
		}
	}

}
