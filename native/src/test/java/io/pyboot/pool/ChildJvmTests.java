package io.pyboot.pool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.pyboot.callback.CallbackRegistry;
import io.pyboot.logging.OutputTarget;
import io.pyboot.logging.PythonOutput;
import io.pyboot.runtime.PythonRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What needs a process of its own: its environment, its signals, its exit.
 */
class ChildJvmTests {

	@TempDir
	Path directory;

	private Process start(String program, Map<String, String> environment) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path")));
		String python = System.getProperty("pyboot.test.python", "");
		if (!python.isEmpty()) {
			command.add("-Dpyboot.test.python=" + python);
		}
		command.addAll(List.of(ChildProgram.class.getName(), program, this.directory.toString()));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("output").toFile());
		builder.environment().putAll(environment);
		return builder.start();
	}

	private String output() throws IOException {
		return Files.readString(this.directory.resolve("output"), StandardCharsets.UTF_8);
	}

	private void run(String program, Map<String, String> environment, String expected) throws Exception {
		Process process = start(program, environment);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(output()).contains(expected);
		assertThat(process.exitValue()).as(output()).isZero();
	}

	@Test
	void utf8IsUsedWhateverTheLocale() throws Exception {
		run("print", Map.of("LC_ALL", "C", "LANG", "C"), "\u4e2d\u6587");
		assertThat(Files.exists(this.directory.resolve("done"))).isTrue();
	}

	@Test
	void printedTextReachesTheLogWhateverTheLocale() throws Exception {
		run("log", Map.of("LC_ALL", "C", "LANG", "C"), "recorded");
	}

	@Test
	void wrongPythonHomeAndPathOfTheEnvironmentDoNotMatter() throws Exception {
		run("print",
				Map.of("PYTHONHOME", "/nonexistent", "PYTHONPATH", "/nonexistent", "PYTHONSTARTUP", "/nonexistent"),
				"\u4e2d\u6587");
	}

	@Test
	void jvmEndsByItselfWithPoolsOpenAndPythonRunning() throws Exception {
		run("exit", Map.of(), "leaving");
	}

	@Test
	void sigtermEndsTheJvmDuringACall() throws Exception {
		Process process = start("endless", Map.of());
		Path ready = this.directory.resolve("ready");
		org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(ready));
		process.destroy();
		assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(process.exitValue()).as(output()).isEqualTo(143);
		assertThat(output()).contains("hook ran");
	}

	@Test
	void callbackMayEndTheJvm() throws Exception {
		Process process = start("exit-in-callback", Map.of());
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(process.exitValue()).as(output()).isEqualTo(7);
		assertThat(output()).contains("hook ran");
	}

	@Test
	void threadOfPythonThatDoesNotEndHoldsUpNeitherTheCloseNorTheEnd() throws Exception {
		// A thread of the main interpreter belongs to no context, so contexts of it end.
		run("endless-thread", Map.of(), Engine.isAtLeast(13) ? "abandoned 1" : "abandoned 0");
	}

	/** Runs in the child. */
	static final class ChildProgram {

		private ChildProgram() {
		}

		public static void main(String[] args) throws Exception {
			Path directory = Path.of(args[1]);
			PythonRuntime runtime = Engine.start();
			PythonPool pool = PythonPool
				.open(runtime,
						PoolOptions.named("child")
							.withSize(2)
							.withOutput(new PythonOutput(
									(args[0].equals("log")) ? OutputTarget.LOGGER : OutputTarget.THROUGH,
									OutputTarget.LOGGER)));
			switch (args[0]) {
				case "print" -> {
					Engine.exec(pool, "print('\u4e2d\u6587')");
					pool.invoke(PythonRequest.exec(
							"open(d + '/\u00e9', 'w').close(); assert '\u00e9' in __import__('os').listdir(d); open(d + '/done', 'w').close()",
							Map.of("d", args[1])), Engine.NONE);
					pool.close();
					runtime.release();
				}
				case "log" -> {
					RecordedLog log = new RecordedLog();
					log.start();
					Engine.exec(pool, "import logging; print('\u4e2d\u6587'); logging.error('\ud83d\ude01')");
					pool.close();
					runtime.release();
					assertThat(log.lines()).containsExactly("INFO python.stdout \u4e2d\u6587",
							"ERROR python \ud83d\ude01");
					System.out.println("recorded");
				}
				case "exit" -> {
					pool.submit(PythonRequest.exec("import time; time.sleep(1000)", Map.of()), Engine.NONE);
					Thread caller = new Thread(() -> Engine.exec(pool, "while True: pass"));
					caller.setDaemon(true);
					caller.start();
					org.awaitility.Awaitility.await().until(() -> pool.inFlight() == 2);
					System.out.println("leaving");
				}
				case "exit-in-callback" -> {
					Runtime.getRuntime().addShutdownHook(new Thread(() -> {
						pool.close(Duration.ofSeconds(2));
						System.out.println("hook ran");
					}));
					CallbackRegistry registry = new CallbackRegistry();
					registry.register("leave", (arguments, keywords) -> {
						System.exit(7);
						return null;
					});
					PythonPool exiting = PythonPool.open(runtime, PoolOptions.named("exiting").withSize(1), registry);
					Engine.exec(exiting, "import pyboot; pyboot.leave()");
				}
				case "endless-thread" -> {
					Engine.exec(pool, """
							import threading, time
							def run():
							    while True: time.sleep(0.01)
							threading.Thread(target=run).start()
							""");
					pool.close(Duration.ofSeconds(2));
					System.out.println("abandoned " + runtime.counters().get("contexts.abandoned"));
					runtime.release();
				}
				case "endless" -> {
					Runtime.getRuntime().addShutdownHook(new Thread(() -> {
						pool.close(Duration.ofSeconds(2));
						System.out.println("hook ran");
					}));
					pool.submit(PythonRequest.exec("import signal, time; time.sleep(1000)", Map.of()), Engine.NONE);
					Thread caller = new Thread(() -> Engine.exec(pool, "while True: pass"));
					caller.start();
					org.awaitility.Awaitility.await().until(() -> pool.inFlight() == 2);
					Files.createFile(directory.resolve("ready"));
					caller.join();
				}
				default -> throw new IllegalArgumentException(args[0]);
			}
		}

	}

}
