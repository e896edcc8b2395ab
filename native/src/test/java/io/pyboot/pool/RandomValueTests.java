package io.pyboot.pool;

import java.util.Map;

import io.pyboot.callback.CallbackRegistry;
import io.pyboot.codec.RandomValues;
import io.pyboot.codec.RandomValues.Crossing;
import io.pyboot.codec.SameValue;
import io.pyboot.runtime.PythonRuntime;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever crosses to Python and back is the same afterwards, types included, on every
 * way and in both modes.
 */
@Tag("engine")
class RandomValueTests {

	private static final CallbackRegistry CALLBACKS = new CallbackRegistry();

	private static PythonRuntime runtime;

	private static PythonPool usual;

	private static PythonPool main;

	@BeforeContainer
	static void openPools() {
		runtime = Engine.start();
		CALLBACKS.register("same", (arguments, keywords) -> keywords.getOrDefault("x", arguments.get(0)));
		usual = open(PoolOptions.named("random"));
		main = open(PoolOptions.named("random-main").withMode(PythonMode.MAIN));
	}

	private static PythonPool open(PoolOptions options) {
		PythonPool pool = PythonPool.open(runtime, options.withSize(1), CALLBACKS);
		Engine.exec(pool, "import pyboot\ndef echo(x): return x\n");
		return pool;
	}

	@AfterContainer
	static void closePools() {
		usual.close();
		main.close();
		PoolTestBase.assertBalanced(usual);
		PoolTestBase.assertBalanced(main);
		runtime.release();
	}

	@Provide
	static Arbitrary<Crossing> values() {
		return RandomValues.any(4);
	}

	@Property(edgeCases = EdgeCasesMode.NONE)
	void valueComesBackTheSame(@ForAll("values") Crossing value, @ForAll Engine.Way way, @ForAll boolean inMain) {
		PythonPool pool = inMain ? main : usual;
		assertSame(way.run(pool, Engine.call("__main__:echo", value.sent())), value);
	}

	@Property(edgeCases = EdgeCasesMode.NONE)
	void valueIsTheSameAsAKeywordAndAsAVariable(@ForAll("values") Crossing value, @ForAll Engine.Way way,
			@ForAll boolean inMain) {
		PythonPool pool = inMain ? main : usual;
		Map<String, @Nullable Object> named = java.util.Collections.singletonMap("x", value.sent());
		assertSame(way.run(pool, PythonRequest.call("__main__:echo", new Object[0], named)), value);
		assertSame(way.run(pool, PythonRequest.eval("x", named)), value);
	}

	@Property(edgeCases = EdgeCasesMode.NONE)
	void valueIsTheSameAfterACallback(@ForAll("values") Crossing value, @ForAll Engine.Way way,
			@ForAll boolean inMain) {
		PythonPool pool = inMain ? main : usual;
		Map<String, @Nullable Object> named = java.util.Collections.singletonMap("v", value.sent());
		assertSame(way.run(pool, PythonRequest.eval("pyboot.same(v)", named)), value);
		assertSame(way.run(pool, PythonRequest.eval("pyboot.same(None, x=v)", named)), value);
	}

	private static void assertSame(@Nullable Object back, Crossing value) {
		assertThat(SameValue.same(value.back(), back)).as("%s came back as %s", value, back).isTrue();
	}

}
