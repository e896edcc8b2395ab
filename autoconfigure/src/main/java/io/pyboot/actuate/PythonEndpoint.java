package io.pyboot.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonException;
import io.pyboot.PythonReloadException;
import io.pyboot.actuate.PythonDescriptor.PoolDescriptor;
import io.pyboot.actuate.PythonDescriptor.RuntimeDescriptor;
import io.pyboot.pool.ContextSnapshot;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.PythonRequest;
import io.pyboot.pool.RequestOptions;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.template.PythonPools;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Endpoint that shows CPython, the pools and their contexts, replaces a context, runs
 * Python's garbage collector and reloads modules.
 */
@Endpoint(id = "python")
public class PythonEndpoint {

	private final PythonPools pools;

	private final Duration gcTimeout;

	private final Duration reloadTimeout;

	/**
	 * @param pools what to show
	 * @param gcTimeout how long to wait for the garbage collection of one context
	 * @param reloadTimeout how long to wait for all contexts to reload a module
	 */
	public PythonEndpoint(PythonPools pools, Duration gcTimeout, Duration reloadTimeout) {
		this.pools = pools;
		this.gcTimeout = gcTimeout;
		this.reloadTimeout = reloadTimeout;
	}

	/**
	 * Everything there is to show.
	 */
	@ReadOperation
	public PythonDescriptor python() {
		PythonRuntime runtime = this.pools.runtime();
		Map<String, PoolDescriptor> descriptors = new LinkedHashMap<>();
		for (PythonPool pool : this.pools.running()) {
			descriptors.put(pool.name(), PoolDescriptor.of(pool));
		}
		return new PythonDescriptor(this.pools.state().name(), (runtime != null) ? RuntimeDescriptor.of(runtime) : null,
				descriptors, this.pools.callbacks().names());
	}

	/**
	 * One pool, {@code null} if none that runs has this name.
	 */
	@ReadOperation
	public @Nullable PoolDescriptor pool(@Selector String pool) {
		PythonPool found = find(pool);
		return (found != null) ? PoolDescriptor.of(found) : null;
	}

	/**
	 * Does something to the contexts of a pool.
	 * @param pool name of the pool
	 * @param action what to do
	 * @param context index of the context; required to restart, all if missing for gc
	 * @param module name of the module to reload; in all contexts or in none
	 */
	@WriteOperation
	public ActionResult act(@Selector String pool, Action action, @Nullable Integer context, @Nullable String module) {
		PythonPool found = find(pool);
		if (found == null) {
			throw new InvalidEndpointRequestException("There is no running pool named '" + pool + "'", "Unknown pool");
		}
		return switch (action) {
			case RESTART -> restart(found, context);
			case GC -> collectGarbage(found, context);
			case RELOAD -> reload(found, context, module);
		};
	}

	private ActionResult restart(PythonPool pool, @Nullable Integer context) {
		if (context == null) {
			throw new InvalidEndpointRequestException("The action 'restart' needs a 'context'", "Missing context");
		}
		requireContext(pool, context);
		pool.restart(context);
		return new ActionResult(List.of(new ContextResult(context, null, null, null)));
	}

	private ActionResult collectGarbage(PythonPool pool, @Nullable Integer context) {
		if (context != null) {
			requireContext(pool, context);
			return new ActionResult(List.of(collectGarbage(pool, context.intValue())));
		}
		List<ContextResult> results = new ArrayList<>();
		for (ContextSnapshot each : pool.contexts()) {
			results.add(collectGarbage(pool, each.index()));
		}
		return new ActionResult(results);
	}

	private ContextResult collectGarbage(PythonPool pool, int context) {
		RequestOptions options = RequestOptions.NONE.withContextIndex(context).withTimeout(this.gcTimeout);
		try {
			Number collected = (Number) pool.invoke(PythonRequest.gc(), options);
			return new ContextResult(context, (collected != null) ? collected.longValue() : null, null, null);
		}
		catch (PythonException ex) {
			return new ContextResult(context, null, null, ex.getMessage());
		}
	}

	private ActionResult reload(PythonPool pool, @Nullable Integer context, @Nullable String module) {
		if (module == null || module.isBlank()) {
			throw new InvalidEndpointRequestException("The action 'reload' needs a 'module'", "Missing module");
		}
		if (context != null) {
			throw new InvalidEndpointRequestException("The action 'reload' is for all contexts and takes no 'context'",
					"Unexpected context");
		}
		RequestOptions options = RequestOptions.NONE.withTimeout(this.reloadTimeout);
		try {
			return new ActionResult(pool.reload(List.of(module), options)
				.contexts()
				.stream()
				.map((each) -> new ContextResult(each.context(), null, each.modules(), each.pending()))
				.toList());
		}
		catch (PythonReloadException ex) {
			return new ActionResult(pool.contexts()
				.stream()
				.map((each) -> new ContextResult(each.index(), null, null,
						ex.getFailures().getOrDefault(each.index(), ex.getMessage())))
				.toList());
		}
	}

	private static void requireContext(PythonPool pool, int context) {
		if (pool.contexts().stream().noneMatch((each) -> each.index() == context)) {
			throw new InvalidEndpointRequestException("The pool '%s' has no context %d".formatted(pool.name(), context),
					"Unknown context");
		}
	}

	private @Nullable PythonPool find(String name) {
		return this.pools.running().stream().filter((pool) -> pool.name().equals(name)).findFirst().orElse(null);
	}

	/**
	 * What can be done to a context.
	 */
	public enum Action {

		/** Replaces the context by a new one, between two requests. */
		RESTART,
		/** Runs {@code gc.collect()}. */
		GC,
		/** Replaces a module, and those that import it, by what their sources say now. */
		RELOAD

	}

	/**
	 * What an action did.
	 *
	 * @param contexts the outcome in each context
	 */
	public record ActionResult(List<ContextResult> contexts) implements OperationResponseBody {

	}

	/**
	 * What an action did in one context.
	 *
	 * @param context index of the context
	 * @param collected unreachable objects that gc found, {@code null} if it did not run
	 * @param modules modules that were reloaded, {@code null} if that was not asked for
	 * or failed
	 * @param error why the action failed in this context, {@code null} if it did not
	 */
	public record ContextResult(int context, @Nullable Long collected, @Nullable List<String> modules,
			@Nullable String error) {

	}

}
