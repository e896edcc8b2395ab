package io.pyboot.pool;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.pyboot.PythonCallException;
import io.pyboot.PythonConversionException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.PythonView;
import io.pyboot.codec.LentViews;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Python sees the memory of a direct buffer without a copy for the length of a request,
 * and never memory that was freed.
 */
class PythonViewTests extends PoolTestBase {

	private static final RequestOptions FIRST = Engine.NONE.withContextIndex(0);

	@Override
	PoolOptions options() {
		return PoolOptions.named("views").withSize(1);
	}

	@BeforeAll
	void defineFunctions() {
		this.pool.broadcast(PythonRequest.exec("""
				kept = []
				def total(view): return sum(view)
				def fill(view): view[:] = bytes(range(len(view)))
				def facts(view): return [view.format, len(view), view.readonly]
				def keep(view): kept.append(view)
				def keep_part(view): kept.append(view[1:3])
				def echo(view): return view
				def wait(view):
				    import time
				    while True: time.sleep(0.001)
				""", Map.of()), Engine.NONE);
	}

	private static ByteBuffer direct(int... values) {
		ByteBuffer bytes = ByteBuffer.allocateDirect(values.length);
		for (int value : values) {
			bytes.put((byte) value);
		}
		return bytes.flip();
	}

	private Object call(String function, Object argument) {
		return this.pool.invoke(Engine.call("__main__:" + function, argument), FIRST);
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void memoryIsSeenFromPositionToLimit(Engine.Way way) {
		ByteBuffer bytes = direct(9, 1, 2, 3, 9).order(ByteOrder.BIG_ENDIAN).position(1).limit(4);
		assertThat(way.run(this.pool, Engine.call("__main__:total", PythonView.of(bytes)))).isEqualTo(6L);
		assertThat((byte[]) way.run(this.pool, Engine.call("__main__:echo", PythonView.of(bytes))))
			.isEqualTo(new byte[] { 1, 2, 3 });
		assertThat(way.run(this.pool, Engine.call("__main__:total", PythonView.of(direct())))).isEqualTo(0L);
		assertThat(LentViews.pinned()).isZero();
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void whatPythonWritesIsSeenInJava(Engine.Way way) {
		ByteBuffer bytes = direct(7, 7, 7);
		way.run(this.pool, Engine.call("__main__:fill", PythonView.writable(bytes)));
		assertThat(bytes).isEqualTo(ByteBuffer.wrap(new byte[] { 0, 1, 2 }));
	}

	@Test
	void memoryLentForReadingCannotBeWritten() {
		ByteBuffer bytes = direct(7, 7);
		assertThatExceptionOfType(PythonCallException.class).isThrownBy(() -> call("fill", PythonView.of(bytes)))
			.withMessageContaining("read-only");
		assertThat(bytes).isEqualTo(direct(7, 7));
		assertThatIllegalArgumentException().isThrownBy(() -> PythonView.writable(bytes.asReadOnlyBuffer()));
		assertThatIllegalArgumentException().isThrownBy(() -> PythonView.of(ByteBuffer.allocate(1)))
			.withMessageContaining("direct");
	}

	@ParameterizedTest
	@EnumSource(Engine.Way.class)
	void viewThatIsKeptRaisesAfterTheRequest(Engine.Way way) {
		way.run(this.pool, Engine.call("__main__:keep", PythonView.of(direct(1, 2, 3))));
		assertThatExceptionOfType(PythonCallException.class)
			.isThrownBy(() -> Engine.eval(this.pool, "bytes(kept.pop())"))
			.satisfies((ex) -> assertThat(ex.getPythonType()).isEqualTo("ValueError"));
		await().untilAsserted(() -> assertThat(LentViews.pinned()).isZero());
	}

	@Test
	void partThatIsKeptStaysValidAndHoldsTheBuffer() {
		long pinned = this.runtime.counters().get("views.pinned");
		long unpinned = this.runtime.counters().get("views.unpinned");
		CountDownLatch freed = lendAndForget("keep_part");
		churn();
		assertThat((byte[]) Engine.eval(this.pool, "kept[0]")).isEqualTo(new byte[] { 2, 3 });
		assertThat(freed.getCount()).isEqualTo(1);
		assertThat(LentViews.pinned()).isEqualTo(1);
		assertThat(this.runtime.counters().get("views.pinned")).isEqualTo(pinned + 1);
		Engine.exec(this.pool, "kept.clear()");
		assertThat(LentViews.pinned()).isZero();
		assertThat(this.runtime.counters().get("views.unpinned")).isEqualTo(unpinned + 1);
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			churn();
			return freed.getCount() == 0;
		});
	}

	/** Row 32: a consumer, here another exporter's user, that outlives the request. */
	@Test
	void largeBufferThatAConsumerKeepsIsNeverFreedUnderIt() {
		Engine.exec(this.pool,
				"import ctypes\ndef use(view): kept.append((ctypes.c_char * len(view)).from_buffer(view))");
		for (int i = 0; i < 5; i++) {
			ByteBuffer large = ByteBuffer.allocateDirect(4 << 20);
			large.put(large.capacity() - 1, (byte) i);
			call("use", PythonView.writable(large));
		}
		churn();
		assertThat(Engine.eval(this.pool, "[k.raw[-1] for k in kept]"))
			.isEqualTo(java.util.List.of(0L, 1L, 2L, 3L, 4L));
		assertThat(LentViews.pinned()).isEqualTo(5);
		Engine.exec(this.pool, "kept.clear()");
		assertThat(LentViews.pinned()).isZero();
	}

	/** In a method of its own, so that no local variable holds the buffer. */
	private CountDownLatch lendAndForget(String function) {
		CountDownLatch freed = new CountDownLatch(1);
		ByteBuffer bytes = direct(1, 2, 3, 4);
		Cleaner.create().register(bytes, freed::countDown);
		call(function, PythonView.of(bytes));
		return freed;
	}

	private static void churn() {
		for (int i = 0; i < 3; i++) {
			System.gc();
			ByteBuffer.allocateDirect(4 << 20).put(0, (byte) 1);
		}
	}

	@Test
	void viewOfARequestThatTimesOutIsHeldUntilPythonStops() {
		PythonView view = PythonView.of(direct(1));
		assertThatExceptionOfType(PythonTimeoutException.class).isThrownBy(() -> this.pool
			.invoke(Engine.call("__main__:wait", view), Engine.NONE.withTimeout(Duration.ofMillis(100))));
		await().until(() -> LentViews.pinned() == 0);
		CompletableFuture<Object> future = this.pool.submit(Engine.call("__main__:wait", view), Engine.NONE);
		future.cancel(true);
		await().until(() -> LentViews.pinned() == 0);
		assertThat(call("total", view)).isEqualTo(1L);
	}

	@Test
	void argumentsBesideAViewThatCannotCrossEndTheLoan() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> call("total", new Object[] { PythonView.of(direct(1)), new Object() }));
		assertThat(LentViews.pinned()).isZero();
	}

	@Test
	void castDoesNotTakeAView() {
		assertThatExceptionOfType(PythonConversionException.class)
			.isThrownBy(() -> this.pool.cast(Engine.call("__main__:total", PythonView.of(direct(1))), Engine.NONE))
			.withMessageContaining("cast");
		assertThat(LentViews.pinned()).isZero();
	}

	@Test
	void viewsWithinContainersAndOfTwoRequestsAreIndependent() {
		PythonView view = PythonView.of(direct(1, 2));
		assertThat(this.pool
			.invoke(PythonRequest.eval("sum(map(sum, views))", Map.of("views", java.util.List.of(view, view))), FIRST))
			.isEqualTo(6L);
		assertThat(call("facts", view)).isEqualTo(java.util.List.of("B", 2L, true));
	}

}
