package io.pyboot.pool;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

import io.pyboot.PythonView;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.Test;

class CopyMeasure {

	static double best(Supplier<Object> work) {
		double best = Double.MAX_VALUE;
		for (int i = 0; i < 7; i++) {
			long began = System.nanoTime();
			work.get();
			best = Math.min(best, (System.nanoTime() - began) / 1e6);
		}
		return best;
	}

	@Test
	void measure() {
		PythonRuntime runtime = Engine.start();
		try (PythonPool pool = PythonPool.open(runtime, PoolOptions.named("copy").withSize(1))) {
			byte[] bytes = new byte[100_000_000];
			double[] doubles = new double[12_500_000];
			java.nio.ByteBuffer direct = java.nio.ByteBuffer.allocateDirect(100_000_000);
			Engine.exec(pool, "from array import array\nb = bytes(100_000_000)\nd = array('d', bytes(100_000_000))\ndef n(x): return len(x)\ndef m(): return memoryview(d).cast('B').cast('d', (2, 6250000))");
			System.out.println("MEASURE clone " + best(() -> bytes.clone()) + " ms; clone double " + best(() -> doubles.clone()));
			for (Engine.Way way : Engine.Way.values()) {
				System.out.println("MEASURE " + way + " byte[] in " + best(() -> way.run(pool, Engine.call("__main__:n", (Object) bytes)))
						+ " out " + best(() -> way.run(pool, PythonRequest.eval("b", Map.of()))) + " double[] in "
						+ best(() -> way.run(pool, Engine.call("__main__:n", (Object) doubles))) + " out "
						+ best(() -> way.run(pool, PythonRequest.eval("d", Map.of()))) + " PythonBuffer out "
						+ best(() -> way.run(pool, PythonRequest.eval("m()", Map.of()))) + " view in "
						+ best(() -> way.run(pool, Engine.call("__main__:n", PythonView.of(direct)))));
			}
		}
		runtime.release();
	}

}
