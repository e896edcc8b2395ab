package io.pyboot.pool;

import java.util.Arrays;
import java.util.Map;

import io.pyboot.PythonCallException;
import io.pyboot.PythonExitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What Python raises arrives whole, and nothing that it raises ends the JVM.
 */
class ExceptionTests extends PoolTestBase {

	private PythonCallException raised(Engine.Way way, String source) {
		return catchThrowableOfType(PythonCallException.class,
				() -> way.run(this.pool, PythonRequest.exec(source, Map.of())));
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void typeMessageTracebackAndFramesArrive(Engine.Way way) {
		PythonCallException ex = raised(way, "def f(n):\n    raise ValueError(f'bad {n}')\nf(3)\n");
		assertThat(ex).hasMessage("ValueError: bad 3");
		assertThat(ex.getPythonType()).isEqualTo("ValueError");
		assertThat(ex.getPythonMessage()).isEqualTo("bad 3");
		assertThat(ex.getTraceback()).contains("Traceback (most recent call last)", "line 2, in f",
				"ValueError: bad 3");
		assertThat(ex.getFrames().get(0)).isEqualTo(new PythonCallException.Frame("__main__", "f", "<exec>", 2));
		assertThat(ex.getStackTrace()[0].toString()).contains("f(<exec>:2)");
		assertThat(Arrays.stream(ex.getStackTrace()).map(StackTraceElement::getClassName))
			.anyMatch((name) -> name.startsWith("io.pyboot"));
	}

	@Test
	void explicitCauseIsTheCause() {
		PythonCallException ex = raised(Engine.Way.DIRECT,
				"try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e\n");
		assertThat(ex.getPythonType()).isEqualTo("KeyError");
		assertThat(ex.getCause()).isInstanceOf(PythonCallException.class).hasMessageContaining("ZeroDivisionError");
		assertThat(ex.getTraceback()).contains("The above exception was the direct cause");
	}

	@Test
	void implicitContextIsTheCauseUnlessSuppressed() {
		PythonCallException ex = raised(Engine.Way.DIRECT,
				"try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError('k')\n");
		assertThat(ex.getCause()).hasMessageContaining("ZeroDivisionError");
		ex = raised(Engine.Way.DIRECT, "try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError('k') from None\n");
		assertThat(ex.getCause()).isNull();
	}

	@Test
	void notesArrive() {
		PythonCallException ex = raised(Engine.Way.DIRECT,
				"e = ValueError('x')\ne.add_note('one')\ne.add_note('two')\nraise e\n");
		assertThat(ex.getNotes()).containsExactly("one", "two");
	}

	@Test
	void membersOfAGroupAreSuppressed() {
		PythonCallException ex = raised(Engine.Way.DIRECT,
				"raise ExceptionGroup('many', [ValueError('a'), KeyError('b')])");
		assertThat(ex.getSuppressed()).hasSize(2);
		assertThat(ex.getSuppressed()[1]).hasMessageContaining("KeyError");
	}

	@Test
	void cycleInTheChainEnds() {
		PythonCallException ex = raised(Engine.Way.DIRECT,
				"a = ValueError('a'); b = ValueError('b'); a.__cause__ = b; b.__cause__ = a; raise a");
		assertThat(ex.getCause()).hasMessageContaining("b").hasNoCause();
	}

	@Test
	void longChainIsCut() {
		PythonCallException ex = raised(Engine.Way.DIRECT,
				"e = None\nfor i in range(1000):\n    n = ValueError(i); n.__cause__ = e; e = n\nraise e");
		assertThat(ex).hasMessageContaining("999");
	}

	@ParameterizedTest
	@ValueSource(strings = { "import sys; sys.exit(3)", "raise SystemExit(3)", "exit(3)" })
	void exitEndsTheRequestOnly(String source) {
		PythonExitException ex = (PythonExitException) raised(Engine.Way.DIRECT, source);
		assertThat(ex.getExitCode()).isEqualTo(3);
		assertThat(ex.getPythonType()).isEqualTo("SystemExit");
		assertThat(((PythonExitException) raised(Engine.Way.DEADLINE, "raise SystemExit")).getExitCode()).isZero();
		assertThat(((PythonExitException) raised(Engine.Way.ASYNC, "raise SystemExit('text')")).getExitCode())
			.isEqualTo(1);
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void keyboardInterruptEndsTheRequestOnly(Engine.Way way) {
		assertThat(raised(way, "raise KeyboardInterrupt").getPythonType()).isEqualTo("KeyboardInterrupt");
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@Test
	void loneSurrogateInTheMessageArrives() {
		assertThat(raised(Engine.Way.DIRECT, "raise ValueError('\\ud800')").getPythonMessage()).isEqualTo("\ud800");
	}

	@ParameterizedTest
	@ValueSource(strings = { "class E(Exception):\n    def __str__(self): raise RuntimeError('no')\nraise E()",
			"class E(Exception):\n    def __str__(self): raise SystemExit(1)\nraise E()",
			"class E(Exception):\n    def __str__(self): return 5\nraise E()",
			"class E(Exception):\n    @property\n    def __notes__(self): raise RuntimeError('no')\nraise E()",
			"class E(Exception):\n    __notes__ = 5\nraise E()" })
	void hostileExceptionIsStillAnException(String source) {
		assertThat(raised(Engine.Way.DIRECT, source).getPythonType()).endsWith("E");
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@Test
	void sourceWithNulIsASyntaxError() {
		assertThat(raised(Engine.Way.DIRECT, "x = 1\0").getPythonType()).isIn("SyntaxError", "ValueError");
		assertThat(raised(Engine.Way.DIRECT, "x = (").getPythonType()).isEqualTo("SyntaxError");
	}

	@ParameterizedTest
	@ValueSource(strings = { "def f(): f()\nf()",
			"class C:\n    def __lt__(self, o): return sorted([C(), C()])\nsorted([C(), C()])",
			"l = []\nfor _ in range(200000): l = [l]\nimport json; json.dumps(l)",
			"l = []\nfor _ in range(200000): l = [l]\nrepr(l)",
			"class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nA().x",
			"class R:\n    def __repr__(self): return repr([self])\nrepr(R())" })
	void infiniteRecursionIsARecursionError(String source) {
		for (Engine.Way way : Engine.Way.values()) {
			assertThat(raised(way, source).getPythonType()).as(way.name()).isEqualTo("RecursionError");
		}
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	static boolean measuresTheStack() {
		return Engine.isAtLeast(14);
	}

	@ParameterizedTest
	@EnabledIf(value = "measuresTheStack", disabledReason = "CPython before 3.14 does not measure the C stack")
	@ValueSource(strings = { "def f(): f()\nf()",
			"class C:\n    def __lt__(self, o): return sorted([C(), C()])\nsorted([C(), C()])",
			"l = []\nfor _ in range(200000): l = [l]\nimport json; json.dumps(l)" })
	void raisedRecursionLimitDoesNotKillTheJvm(String source) {
		String limited = "import sys; sys.setrecursionlimit(10**6)\ntry:\n" + source.indent(4)
				+ "finally:\n    sys.setrecursionlimit(1000)\n";
		for (Engine.Way way : Engine.Way.values()) {
			assertThat(raised(way, limited).getPythonType()).as(way.name()).isIn("RecursionError", "MemoryError");
		}
		assertThat(Engine.eval(this.pool, "1")).isEqualTo(1L);
	}

	@Test
	void unknownFunctionIsNamedWithNearMisses() {
		PythonCallException ex = catchThrowableOfType(PythonCallException.class,
				() -> this.pool.invoke(Engine.call("math:sqroot", 1), Engine.NONE));
		assertThat(ex).hasMessageContaining("module 'math' has no function 'sqroot'; did you mean sqrt");
		ex = catchThrowableOfType(PythonCallException.class,
				() -> this.pool.invoke(Engine.call("no_such_module:f"), Engine.NONE));
		assertThat(ex.getPythonType()).isEqualTo("ModuleNotFoundError");
		for (String bad : new String[] { "", ":", "a:", ":b", "sqrt", "math:\0" }) {
			assertThat(catchThrowableOfType(PythonCallException.class,
					() -> this.pool.invoke(Engine.call(bad), Engine.NONE)))
				.as(bad)
				.isNotNull();
		}
	}

}
