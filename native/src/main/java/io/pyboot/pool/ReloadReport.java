package io.pyboot.pool;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a reload did.
 *
 * @param pool name of the pool
 * @param contexts what it did in each context, by index
 */
public record ReloadReport(String pool, List<ContextReload> contexts) {

	public ReloadReport {
		contexts = List.copyOf(contexts);
	}

	/**
	 * The modules that were reloaded in some context, each after what it imports; none if
	 * no context had imported what was to be reloaded.
	 */
	public List<String> modules() {
		Set<String> modules = new LinkedHashSet<>();
		this.contexts.forEach((context) -> modules.addAll(context.modules()));
		return List.copyOf(modules);
	}

	/**
	 * What a reload did in one context.
	 *
	 * @param context index of the context
	 * @param modules the modules that have new code, each after what it imports; none if
	 * the context had not imported what was to be reloaded
	 * @param pending why the context still has the old code, {@code null} if it has the
	 * new one
	 */
	public record ContextReload(int context, List<String> modules, @Nullable String pending) {

		public ContextReload {
			modules = List.copyOf(modules);
		}

	}

}
