package io.pyboot.install;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.pyboot.PythonInstallationException;

/**
 * Runs a Python executable to its end, within a time limit. Arguments are passed as a
 * vector, never through a shell; standard input is closed; the variables that would
 * change which files Python loads are removed from its environment.
 */
final class ChildProcess {

	private ChildProcess() {
	}

	/**
	 * Runs a Python executable.
	 * @param executable the file to run
	 * @param arguments its arguments
	 * @param limit how long it may take
	 * @return what it wrote to standard output
	 * @throws PythonInstallationException if it cannot be started, fails or takes longer
	 */
	static String run(Path executable, List<String> arguments, Duration limit) {
		ProcessBuilder builder = new ProcessBuilder(executable.toString());
		builder.command().addAll(arguments);
		isolate(builder.environment());
		Process process = start(executable, builder);
		try {
			process.getOutputStream().close();
			CompletableFuture<String> output = read(process.getInputStream());
			CompletableFuture<String> errors = read(process.getErrorStream());
			int exit = process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS).exitValue();
			// A grandchild may hold the pipes open, so reading has a limit too.
			String error = errors.get(limit.toMillis(), TimeUnit.MILLISECONDS).strip();
			if (exit != 0) {
				throw new PythonInstallationException(
						"'%s' cannot be used as Python: it ended with status %d%s".formatted(executable, exit,
								error.isEmpty() ? "" : " and said: " + tail(error)),
						"Check that it is a Python executable for this machine, by running '%s -I -V' in a shell."
							.formatted(executable));
			}
			return output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw new PythonInstallationException(
					"'%s' did not answer within %d ms".formatted(executable, limit.toMillis()),
					"Check that it is a Python executable that starts without asking for input.", ex);
		}
		catch (IOException | ExecutionException ex) {
			throw new PythonInstallationException("The output of '%s' cannot be read".formatted(executable),
					"Check that it is a Python executable, by running it in a shell.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PythonInstallationException("Interrupted while '%s' ran".formatted(executable),
					"Start the application again.", ex);
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

	/**
	 * Removes what {@code -I} ignores as well, and what is read before it: a wrapper or a
	 * shim on the way to Python must not see it either.
	 */
	static void isolate(Map<String, String> environment) {
		environment.keySet().removeIf((name) -> name.startsWith("PYTHON") || name.equals("__PYVENV_LAUNCHER__"));
	}

	private static Process start(Path executable, ProcessBuilder builder) {
		try {
			return builder.start();
		}
		catch (IOException ex) {
			throw new PythonInstallationException("'%s' cannot be started: %s".formatted(executable, ex.getMessage()),
					"Check that it is a Python executable for this machine, on a file system without noexec.", ex);
		}
	}

	private static CompletableFuture<String> read(InputStream stream) {
		CompletableFuture<String> text = new CompletableFuture<>();
		Thread reader = new Thread(() -> {
			try (stream) {
				ByteArrayOutputStream bytes = new ByteArrayOutputStream();
				stream.transferTo(bytes);
				text.complete(bytes.toString(StandardCharsets.UTF_8));
			}
			catch (IOException ex) {
				text.completeExceptionally(ex);
			}
		}, "pyboot-child-output");
		reader.setDaemon(true);
		reader.start();
		return text;
	}

	private static String tail(String text) {
		return (text.length() <= 2000) ? text : "..." + text.substring(text.length() - 2000);
	}

}
