package io.pyboot.benchmarks;

import java.util.Arrays;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.helpers.NOPAppender;
import io.pyboot.template.PythonTemplate;
import org.slf4j.LoggerFactory;

/**
 * What a record of Python code costs, up to an appender that drops it.
 */
final class LoggingBenchmarks {

	private static final int RECORDS = 2000;

	private final PythonTemplate python;

	private final Table table;

	LoggingBenchmarks(PythonTemplate python, Table table) {
		this.python = python;
		this.table = table;
	}

	void run() {
		Logger logger = (Logger) LoggerFactory.getLogger("python");
		NOPAppender<ILoggingEvent> nowhere = new NOPAppender<>();
		nowhere.start();
		logger.addAppender(nowhere);
		logger.setAdditive(false);
		logger.setLevel(Level.INFO);
		this.table.below("log record at a disabled level", each("log_debug", 50_000), "ns", 200);
		this.table.below("log record, on the caller's thread", each("log_info", RECORDS) / 1e3, "us", 10);
		this.table.below("print of a line, on the caller's thread", each("print_line", RECORDS) / 1e3, "us", 10);
		this.table.line("log record of an asynchronous call",
				median(() -> (Double) this.python.callAsync("bench:log_info", RECORDS).join()) / 1e3, "us");
		this.table.line("increment of shared state", each("increment", RECORDS) / 1e3, "us");
		this.table.line("read of shared state", each("read_state", RECORDS) / 1e3, "us");
	}

	private double each(String function, int count) {
		return median(() -> this.python.call("bench:" + function, Double.class, count));
	}

	private static double median(java.util.function.Supplier<Double> round) {
		double[] rounds = new double[15];
		for (int i = 0; i < 10; i++) {
			round.get();
		}
		Arrays.setAll(rounds, (i) -> round.get());
		return Stopwatch.median(rounds);
	}

}
