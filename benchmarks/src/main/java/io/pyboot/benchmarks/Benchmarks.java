package io.pyboot.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.pyboot.JavaRef;
import io.pyboot.PythonObject;
import io.pyboot.pool.PoolOptions;
import io.pyboot.pool.PythonPool;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.runtime.RuntimeOptions;
import io.pyboot.template.PythonFunction;
import io.pyboot.template.PythonOperations;
import io.pyboot.template.PythonTemplate;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures through the public {@link PythonTemplate} of a Spring Boot application with
 * metrics on. The first argument may name a group: calls, callbacks, data, owner,
 * threads, idle, contexts, logging, streams.
 */
@SpringBootApplication
public class Benchmarks {

	private final PythonTemplate python;

	private final Table table = new Table();

	Benchmarks(PythonTemplate python) {
		this.python = python;
	}

	public static void main(String[] args) throws Exception {
		SpringApplication application = new SpringApplication(Benchmarks.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run(args)) {
			String group = Arrays.stream(args).filter((arg) -> !arg.startsWith("--")).findFirst().orElse("");
			context.getBean(Benchmarks.class).run(group);
		}
	}

	private void run(String group) throws Exception {
		this.table.header();
		if (group.isEmpty() || group.equals("calls")) {
			calls();
		}
		if (group.isEmpty() || group.equals("callbacks")) {
			callbacks();
		}
		if (group.isEmpty() || group.equals("data")) {
			data();
		}
		if (group.isEmpty() || group.equals("owner")) {
			owner();
		}
		if (group.isEmpty() || group.equals("threads")) {
			threads();
		}
		if (group.isEmpty() || group.equals("idle")) {
			idle();
		}
		if (group.isEmpty() || group.equals("contexts")) {
			contexts();
		}
		if (group.isEmpty() || group.equals("logging")) {
			new LoggingBenchmarks(this.python, this.table).run();
		}
		if (group.isEmpty() || group.equals("streams")) {
			new StreamBenchmarks(this.python, this.table).run();
		}
		System.out.println((this.table.missed() == 0) ? "every target met" : this.table.missed() + " targets missed");
	}

	private void calls() {
		this.table.below("call math:sqrt", Stopwatch.nanosEach(500_000, () -> this.python.call("math:sqrt", 16.0)),
				"ns", 500);
		this.table.below("call of a no-op with a 20-character string",
				Stopwatch.nanosEach(500_000, () -> this.python.call("bench:noop", "twenty characters ok")), "ns", 500);
		this.table.below("eval(\"1+1\")", Stopwatch.nanosEach(300_000, () -> this.python.eval("1+1")), "ns", 800);
	}

	private void callbacks() {
		this.table.below("callback (long) -> long", nanosOfCallback(this.python, "next_number", 41L), "ns", 1000);
		this.table.below("callback (String) -> String",
				nanosOfCallback(this.python, "same_text", "twenty characters ok"), "ns", 1000);
		this.table.line("callback of two overloads", nanosOfCallback(this.python, "overloaded", "text"), "ns");
		try (var registration = this.python.register("raw", (arguments, keywords) -> arguments.get(0))) {
			this.table.line("registered callback, nothing converted", nanosOfCallback(this.python, "raw", 41L), "ns");
		}
		objects();
		PythonOperations bounded = this.python.withTimeout(Duration.ofSeconds(60));
		this.table.line("callback of a call with a deadline", nanosOfCallback(bounded, "next_number", 41L) / 1e3, "us");
	}

	/** What stays on its side. */
	private void objects() {
		Object object = new Object();
		this.table.line("call of a no-op with a JavaRef, and back",
				Stopwatch.nanosEach(200_000, () -> this.python.call("bench:noop", JavaRef.of(object))), "ns");
		try (PythonObject sqrt = Objects
			.requireNonNull(this.python.eval("__import__('math').sqrt", PythonObject.class))) {
			this.table.line("call of a PythonObject (math.sqrt)", Stopwatch.nanosEach(200_000, () -> sqrt.call(16.0)),
					"ns");
		}
		this.table.line("PythonObject made and closed", Stopwatch.nanosEach(100_000,
				() -> Objects.requireNonNull(this.python.eval("object()", PythonObject.class)).close()), "ns");
	}

	/** Of one round trip, from a loop in Python. */
	private static double nanosOfCallback(PythonOperations python, String name, Object value) {
		int loops = 10_000;
		return Stopwatch.nanosEach(10, () -> python.call("bench:call_back", name, value, loops)) / loops;
	}

	private void data() {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("name", "Ada Lovelace");
		map.put("id", 123_456_789L);
		map.put("small", 7);
		map.put("ratio", 0.577);
		map.put("active", true);
		map.put("nothing", null);
		map.put("scores", List.of(1, 2, 3, 4, 5));
		map.put("city", "Seattle");
		map.put("temperature", -3.5);
		map.put("note", "a somewhat longer text, as they come in real data");
		this.table.below("dict of ten in and out",
				Stopwatch.nanosEach(50_000, () -> this.python.call("bench:noop", Map.class, map)) / 1e3, "us", 8);
		byte[] bytes = new byte[1 << 20];
		this.table.below("1 MB of bytes in and out",
				Stopwatch.nanosEach(300, () -> this.python.call("bench:noop", byte[].class, bytes)) / 1e3, "us", 200);
		double[] numbers = new double[10_000];
		Arrays.setAll(numbers, (i) -> i * 0.5);
		this.table.below("double[10000] in, sum out",
				Stopwatch.nanosEach(1000, () -> this.python.call("builtins:sum", Double.class, numbers)) / 1e3, "us",
				300);
	}

	private void owner() {
		PythonFunction toFirst = this.python.function("math:sqrt").args(16.0).context(0);
		this.table.atLeast("casts to one context", 1e3 / Stopwatch.nanosEach(300_000, toFirst::cast), "M/s", 1);
		this.table.atLeast("asynchronous calls, pipelined", 1e3 / pipelined(toFirst), "M/s", 1);
		this.table.line("(two hand-overs between two Java threads, to compare)", HandOver.nanosOfTwo() / 1e3, "us");
		PythonOperations bounded = this.python.withTimeout(Duration.ofSeconds(10));
		this.table.below("call with a deadline",
				Stopwatch.nanosEach(20_000, () -> bounded.call("math:sqrt", 16.0)) / 1e3, "us", 15);
	}

	private static double pipelined(PythonFunction function) {
		int window = 500;
		CompletableFuture<?>[] futures = new CompletableFuture<?>[window];
		return Stopwatch.nanosEach(100, () -> {
			for (int i = 0; i < window; i++) {
				futures[i] = function.callAsync();
			}
			CompletableFuture.allOf(futures).join();
		}) / window;
	}

	private void threads() {
		Runnable call = () -> this.python.call("math:sqrt", 16.0);
		double one = Stopwatch.callsPerSecond(1, call);
		double two = Stopwatch.callsPerSecond(2, call);
		this.table.atLeast("two threads against one", two / one, "times", 1.8);
		double fifty = Stopwatch.callsPerSecond(50, call);
		this.table.atLeast("fifty threads against two", fifty / two, "times", 0.5);
		double[] ratios = new double[3];
		for (int i = 0; i < ratios.length; i++) {
			long[] counts = Stopwatch.callsOfThreads(50, 3000, call);
			ratios[i] = Arrays.stream(counts).max().orElseThrow()
					/ (double) Math.max(1, Arrays.stream(counts).min().orElseThrow());
		}
		this.table.below("fifty threads, busiest against idlest", Stopwatch.median(ratios), "times", 3);
		Runnable spin = () -> this.python.call("bench:spin", 200_000);
		double alone = Stopwatch.callsPerSecond(1, spin);
		double both = Stopwatch.callsPerSecond(2, spin);
		this.table.atLeast("pure Python on two contexts against one", both / alone, "times", 1.9);
	}

	private void idle() throws Exception {
		Thread.sleep(2000); // let the compiler threads finish
		long before = cpuMillisOfPyboot();
		Thread.sleep(10_000); // the time is what is measured here
		long after = cpuMillisOfPyboot();
		this.table.below("CPU of Pyboot's threads in 10 s idle", after - before, "ms", 10.01);
	}

	/**
	 * Of the owner threads, the drainer and the thread of the deadlines, which are all
	 * named so; 10 ms resolution.
	 */
	private static long cpuMillisOfPyboot() throws IOException {
		long ticks = 0;
		try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
			for (Path task : tasks.toList()) {
				String stat = Files.readString(task.resolve("stat"));
				String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
				if (stat.contains("(pyboot")) {
					ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
				}
			}
		}
		return ticks * 10;
	}

	private void contexts() throws IOException {
		PythonRuntime runtime = PythonRuntime.start(RuntimeOptions.DEFAULT);
		int count = 20;
		double[] millis = new double[5];
		double[] megabytes = new double[5];
		for (int round = 0; round < millis.length; round++) {
			List<PythonPool> pools = new ArrayList<>();
			long residentBefore = residentKilobytes();
			long began = System.nanoTime();
			for (int i = 0; i < count; i++) {
				pools.add(PythonPool.open(runtime, PoolOptions.named("bench-" + i).withSize(1)));
			}
			millis[round] = (System.nanoTime() - began) / 1e6 / count;
			megabytes[round] = (residentKilobytes() - residentBefore) / 1024.0 / count;
			pools.forEach(PythonPool::close);
		}
		this.table.below("a context: time", Stopwatch.median(millis), "ms", 15);
		// The first round is what counts: later ones find memory that the allocator kept.
		this.table.below("a context: resident memory", megabytes[0], "MB", 5);
		runtime.release();
	}

	private static long residentKilobytes() throws IOException {
		for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
			if (line.startsWith("VmRSS:")) {
				return Long.parseLong(line.replaceAll("\\D", ""));
			}
		}
		throw new IllegalStateException("/proc/self/status has no VmRSS");
	}

}
