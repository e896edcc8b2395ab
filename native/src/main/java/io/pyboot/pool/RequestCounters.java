package io.pyboot.pool;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests of one pool. Striped, since every request of every thread counts
 * here.
 * <p>
 * Invariant: submitted = completed + failed + timed out + cancelled + rejected + in
 * flight, exactly when nothing is in flight and nearly otherwise (the adders are read one
 * after the other).
 */
final class RequestCounters {

	private static final RequestWay[] WAYS = RequestWay.values();

	private static final RequestKind[] KINDS = RequestKind.values();

	private static final RequestOutcome[] OUTCOMES = RequestOutcome.values();

	private final LongAdder[] submitted = adders(WAYS.length * KINDS.length);

	private final LongAdder[] ended = adders(OUTCOMES.length);

	private final LongAdder bytesEncoded = new LongAdder();

	private final LongAdder bytesDecoded = new LongAdder();

	private static LongAdder[] adders(int count) {
		LongAdder[] adders = new LongAdder[count];
		for (int i = 0; i < count; i++) {
			adders[i] = new LongAdder();
		}
		return adders;
	}

	void submitted(RequestWay way, RequestKind kind) {
		this.submitted[way.ordinal() * KINDS.length + kind.ordinal()].increment();
	}

	void ended(RequestOutcome outcome) {
		this.ended[outcome.ordinal()].increment();
	}

	void encoded(long bytes) {
		this.bytesEncoded.add(bytes);
	}

	void decoded(long bytes) {
		this.bytesDecoded.add(bytes);
	}

	/**
	 * Number of requests that have been submitted and have not ended.
	 * @param castsCompleted casts that succeeded, which are counted natively
	 */
	long inFlight(long castsCompleted) {
		long ended = castsCompleted;
		for (LongAdder adder : this.ended) {
			ended += adder.sum();
		}
		long submitted = 0;
		for (LongAdder adder : this.submitted) {
			submitted += adder.sum();
		}
		return Math.max(0, submitted - ended);
	}

	/**
	 * All counters by name.
	 * @param castsCompleted casts that succeeded, which are counted natively
	 */
	Map<String, Long> snapshot(long castsCompleted) {
		Map<String, Long> counters = new LinkedHashMap<>();
		long ended = castsCompleted;
		long[] outcomes = new long[OUTCOMES.length];
		for (RequestOutcome outcome : OUTCOMES) {
			outcomes[outcome.ordinal()] = this.ended[outcome.ordinal()].sum();
			ended += outcomes[outcome.ordinal()];
		}
		outcomes[RequestOutcome.COMPLETED.ordinal()] += castsCompleted;
		long submitted = 0;
		Map<String, Long> ways = new LinkedHashMap<>();
		for (RequestWay way : WAYS) {
			for (RequestKind kind : KINDS) {
				long count = this.submitted[way.ordinal() * KINDS.length + kind.ordinal()].sum();
				submitted += count;
				ways.put("requests." + name(way) + "." + name(kind), count);
			}
		}
		counters.put("requests.submitted", submitted);
		for (RequestOutcome outcome : OUTCOMES) {
			counters.put("requests." + name(outcome), outcomes[outcome.ordinal()]);
		}
		counters.put("requests.inflight", Math.max(0, submitted - ended));
		counters.putAll(ways);
		counters.put("bytes.encoded", this.bytesEncoded.sum());
		counters.put("bytes.decoded", this.bytesDecoded.sum());
		return counters;
	}

	private static String name(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace("_", "");
	}

}
