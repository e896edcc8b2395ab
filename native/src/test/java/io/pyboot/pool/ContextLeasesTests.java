package io.pyboot.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

import io.pyboot.PythonCancelledException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.context.PythonContext;
import io.pyboot.pool.ContextSlot.Occupant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Leases are exclusive, fair and bounded.
 */
class ContextLeasesTests {

	/** Leases do not touch the context. */
	@SuppressWarnings("NullAway")
	private static final PythonContext NO_CONTEXT = null;

	private final ContextSlot[] slots = { slot(0), slot(1) };

	private static ContextSlot slot(int index) {
		return new ContextSlot(index, NO_CONTEXT, options());
	}

	private ContextLeases leases(PoolOptions options) {
		return new ContextLeases(this.slots, options);
	}

	private static PoolOptions options() {
		return PoolOptions.named("test").withSize(2);
	}

	@Test
	void threadGetsTheSlotItHadWhileThatIsFree() {
		ContextLeases leases = leases(options());
		Occupant first = leases.acquire(leases.tenant(), null);
		leases.release(first);
		for (int i = 0; i < 10; i++) {
			Occupant slot = leases.acquire(leases.tenant(), null);
			assertThat(slot).isSameAs(first);
			leases.release(slot);
		}
	}

	@Test
	void otherFreeSlotIsTakenWhenTheLastIsBusy() {
		ContextLeases leases = leases(options());
		Occupant first = leases.acquire(leases.tenant(), null);
		Occupant second = leases.acquire(leases.tenant(), null);
		assertThat(second).isNotSameAs(first);
		leases.release(first);
		leases.release(second);
	}

	@Test
	void waitEndsAfterMaxWait() {
		ContextLeases leases = leases(options().withMaxWait(Duration.ofMillis(30)));
		leases.acquire(leases.tenant(), this.slots[0]);
		assertThatExceptionOfType(PythonOverloadedException.class)
			.isThrownBy(() -> leases.acquire(leases.tenant(), this.slots[0]))
			.withMessageContaining("max-wait");
		assertThat(leases.waiting()).isZero();
		assertThat(leases.acquire(leases.tenant(), this.slots[1]).slot).isSameAs(this.slots[1]);
	}

	@Test
	void tooManyWaitersAreTurnedAway() {
		ContextLeases leases = leases(options().withMaxWaiting(0));
		leases.acquire(leases.tenant(), null);
		leases.acquire(leases.tenant(), null);
		assertThatExceptionOfType(PythonOverloadedException.class)
			.isThrownBy(() -> leases.acquire(leases.tenant(), null))
			.withMessageContaining("max-waiting");
	}

	@Test
	void interruptedWaiterLeavesWithItsFlagSet() throws Exception {
		ContextLeases leases = leases(options());
		leases.acquire(leases.tenant(), null);
		leases.acquire(leases.tenant(), null);
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread waiter = new Thread(() -> {
			try {
				leases.acquire(leases.tenant(), null);
			}
			catch (Throwable ex) {
				thrown.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		waiter.start();
		await().until(() -> leases.waiting() == 1);
		waiter.interrupt();
		waiter.join();
		assertThat(thrown.get()).isInstanceOf(PythonCancelledException.class);
		assertThat(flag.get()).isTrue();
		assertThat(leases.waiting()).isZero();
	}

	@Test
	void concurrencyIsTheNumberOfLeases() {
		ContextLeases leases = leases(options().withConcurrencyPerContext(2).withMaxWaiting(0));
		List<Occupant> held = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			held.add(leases.acquire(leases.tenant(), null));
		}
		assertThatExceptionOfType(PythonOverloadedException.class)
			.isThrownBy(() -> leases.acquire(leases.tenant(), null));
		held.forEach(leases::release);
		assertThat(this.slots[0].occupant().leases() + this.slots[1].occupant().leases()).isZero();
	}

	@Test
	@Timeout(60)
	void leasesAreExclusiveAndNobodyStarves() throws Exception {
		ContextLeases leases = leases(options());
		int threads = 50;
		AtomicIntegerArray inside = new AtomicIntegerArray(2);
		AtomicInteger violations = new AtomicInteger();
		AtomicLongArray turns = new AtomicLongArray(threads);
		CountDownLatch everyoneServed = new CountDownLatch(threads);
		List<Thread> all = new ArrayList<>();
		for (int t = 0; t < threads; t++) {
			int number = t;
			Thread thread = new Thread(() -> {
				while (everyoneServed.getCount() > 0) {
					Occupant slot = leases.acquire(leases.tenant(), (number == 0) ? this.slots[1] : null);
					if (inside.incrementAndGet(slot.slot.index) != 1) {
						violations.incrementAndGet();
					}
					inside.decrementAndGet(slot.slot.index);
					leases.release(slot);
					if (turns.incrementAndGet(number) == 2000) {
						everyoneServed.countDown();
					}
				}
			});
			thread.start();
			all.add(thread);
		}
		for (Thread thread : all) {
			thread.join();
		}
		assertThat(violations.get()).isZero();
		assertThat(this.slots[0].occupant().leases() + this.slots[1].occupant().leases() + leases.waiting()).isZero();
	}

}
