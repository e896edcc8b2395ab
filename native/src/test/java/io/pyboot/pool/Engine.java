package io.pyboot.pool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;

import io.pyboot.install.PythonSpec;
import io.pyboot.install.PythonVersion;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeOptions;
import org.jspecify.annotations.Nullable;

/**
 * The real CPython for tests: the bundled one, or that of the system property
 * {@code pyboot.test.python}.
 */
final class Engine {

	static final RequestOptions NONE = RequestOptions.NONE;

	private Engine() {
	}

	/** How a test sends a request; every way must give the same. */
	enum Way {

		DIRECT {
			@Override
			@Nullable Object run(PythonPool pool, PythonRequest request) {
				return pool.invoke(request, NONE);
			}
		},
		DEADLINE {
			@Override
			@Nullable Object run(PythonPool pool, PythonRequest request) {
				return pool.invoke(request, NONE.withTimeout(Duration.ofSeconds(60)));
			}
		},
		ASYNC {
			@Override
			@Nullable Object run(PythonPool pool, PythonRequest request) {
				try {
					return pool.submit(request, NONE).join();
				}
				catch (CompletionException ex) {
					if (ex.getCause() instanceof RuntimeException exception) {
						throw exception;
					}
					throw ex;
				}
			}
		};

		abstract @Nullable Object run(PythonPool pool, PythonRequest request);

	}

	static RuntimeOptions options() {
		String executable = System.getProperty("pyboot.test.python", "");
		return executable.isEmpty() ? RuntimeOptions.DEFAULT
				: new RuntimeOptions(new PythonSpec(Path.of(executable), null, null, null));
	}

	static PythonRuntime start() {
		return PythonRuntime.start(options());
	}

	static boolean isAtLeast(int minor) {
		PythonRuntime runtime = start();
		try {
			PythonVersion version = runtime.info().installation().version();
			return version.isAtLeast(3, minor);
		}
		finally {
			runtime.release();
		}
	}

	static @Nullable Object eval(PythonPool pool, String expression) {
		return pool.invoke(PythonRequest.eval(expression, Map.of()), NONE);
	}

	static void exec(PythonPool pool, String source) {
		pool.invoke(PythonRequest.exec(source, Map.of()), NONE);
	}

	static PythonRequest call(String function, @Nullable Object... arguments) {
		return PythonRequest.call(function, arguments, Map.of());
	}

}
