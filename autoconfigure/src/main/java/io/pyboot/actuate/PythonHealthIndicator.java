package io.pyboot.actuate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeState;
import io.pyboot.template.PoolCapacity;
import io.pyboot.template.PythonPools;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of Python: down while it does not run, and while a pool has no context that
 * takes requests. Says which, and why.
 */
public class PythonHealthIndicator extends AbstractHealthIndicator {

	private final PythonPools pools;

	public PythonHealthIndicator(PythonPools pools) {
		super("The health of Python could not be determined");
		this.pools = pools;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		RuntimeState state = this.pools.state();
		builder.withDetail("state", state.name());
		PythonRuntime runtime = this.pools.runtime();
		if (state != RuntimeState.RUNNING || runtime == null) {
			builder.down().withDetail("reason", "Python does not run: its state is " + state);
			return;
		}
		builder.withDetail("version", runtime.info().installation().version().toString());
		Map<String, Object> details = new LinkedHashMap<>();
		List<String> reasons = new ArrayList<>();
		for (PythonPool pool : this.pools.running()) {
			check(pool, details, reasons);
		}
		builder.withDetail("pools", details);
		if (reasons.isEmpty()) {
			builder.up();
		}
		else {
			builder.down().withDetail("reason", String.join("; ", reasons));
		}
	}

	private static void check(PythonPool pool, Map<String, Object> details, List<String> reasons) {
		PoolCapacity capacity = PoolCapacity.of(pool);
		Map<String, Object> detail = new LinkedHashMap<>();
		detail.put("state", pool.state().name());
		detail.put("mode", pool.mode().name().toLowerCase(Locale.ROOT));
		detail.put("contexts", capacity.contexts());
		detail.put("serving", capacity.serving());
		details.put(pool.name(), detail);
		if (pool.state() != RuntimeState.RUNNING) {
			reasons.add("pool '%s' is %s".formatted(pool.name(), pool.state()));
		}
		else if (!capacity.canServe()) {
			reasons.add("none of the %d contexts of pool '%s' serves".formatted(capacity.contexts(), pool.name()));
		}
	}

}
