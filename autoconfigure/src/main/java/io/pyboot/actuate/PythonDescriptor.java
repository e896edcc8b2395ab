package io.pyboot.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.pyboot.install.PythonInstallation;
import io.pyboot.pool.ContextSnapshot;
import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the endpoint {@code python} answers.
 *
 * @param state state of the pools as a whole
 * @param runtime facts about CPython, {@code null} while it does not run
 * @param pools the pools by name
 * @param callbacks names of what Python code may call
 */
public record PythonDescriptor(String state, @Nullable RuntimeDescriptor runtime, Map<String, PoolDescriptor> pools,
		List<String> callbacks) implements OperationResponseBody {

	/**
	 * CPython in this process.
	 *
	 * @param version its version
	 * @param fullVersion what {@code sys.version} says
	 * @param source how it was found
	 * @param freeThreaded whether it was built without the GIL
	 * @param executable its executable
	 * @param home its base prefix
	 * @param library its shared library
	 * @param venv the virtual environment in use, or {@code null}
	 * @param path {@code sys.path}
	 * @param counters counters of the runtime by name
	 */
	public record RuntimeDescriptor(String version, String fullVersion, String source, boolean freeThreaded,
			String executable, String home, String library, @Nullable String venv, List<String> path,
			Map<String, Long> counters) {

		static RuntimeDescriptor of(PythonRuntime runtime) {
			RuntimeInfo info = runtime.info();
			PythonInstallation python = info.installation();
			return new RuntimeDescriptor(python.version().toString(), info.fullVersion(), python.source().name(),
					python.freeThreaded(), python.executable().toString(), python.home().toString(),
					python.library().toString(), (python.venv() != null) ? python.venv().toString() : null, info.path(),
					new TreeMap<>(runtime.counters()));
		}

	}

	/**
	 * One pool.
	 *
	 * @param state its state
	 * @param mode what a context is
	 * @param dispatch which thread runs synchronous calls
	 * @param inFlight requests in progress
	 * @param waiting callers that wait for a context
	 * @param queueDepth requests in the queues of owner threads
	 * @param contexts its contexts
	 * @param counters counters of the pool by name
	 */
	public record PoolDescriptor(String state, String mode, String dispatch, int inFlight, int waiting, int queueDepth,
			List<ContextDescriptor> contexts, Map<String, Long> counters) implements OperationResponseBody {

		static PoolDescriptor of(PythonPool pool) {
			return new PoolDescriptor(pool.state().name(), pool.mode().name(), pool.options().dispatch().name(),
					pool.inFlight(), pool.waiting(), pool.queueDepth(),
					pool.contexts().stream().map(ContextDescriptor::of).toList(), new TreeMap<>(pool.counters()));
		}

	}

	/**
	 * One context.
	 *
	 * @param index its place in the pool, from 0
	 * @param generation tells it from contexts that had this place before
	 * @param state what it does
	 * @param requests requests it has run
	 * @param queueDepth requests in the queue of its owner thread
	 * @param uptime time since it was made
	 * @param memoryBytes memory that its Python objects take, {@code null} if unknown
	 */
	public record ContextDescriptor(int index, long generation, String state, long requests, int queueDepth,
			Duration uptime, @Nullable Long memoryBytes) {

		static ContextDescriptor of(ContextSnapshot context) {
			return new ContextDescriptor(context.index(), context.generation(), context.state(), context.requests(),
					context.queueDepth(), context.uptime(),
					(context.memoryBytes() >= 0) ? context.memoryBytes() : null);
		}

	}

}
