package io.pyboot.logging;

import java.util.List;
import java.util.Map;

import io.pyboot.callback.CallbackRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes what Python code logs and prints to SLF4J, on the thread that serves its
 * callbacks: so the MDC of a waiting caller holds. Called by the package {@code pyboot}
 * ({@code _slf4j.py} and {@code _output.py}).
 * <p>
 * An appender may call Python, and that code may log: what it logs goes to the log too,
 * but what is logged while that is written goes to {@code System.err}, as it would never
 * end otherwise.
 */
public final class PythonLogging {

	/** By the numbers of {@code _slf4j.emit}. */
	private static final Level[] LEVELS = { Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR };

	/** The level of Python's from which on each is enabled. */
	private static final int[] THRESHOLDS = { 0, 10, 20, 30, 40 };

	private static final int OFF = 1 << 30;

	private static final Logger STDOUT = LoggerFactory.getLogger("python.stdout");

	private static final Logger STDERR = LoggerFactory.getLogger("python.stderr");

	private static final int MAX_DEPTH = 2;

	/** How many records of Python code the thread is writing, one within another. */
	private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

	private PythonLogging() {
	}

	/**
	 * Makes the log known to the Python code of the pools that use a registry. Does
	 * nothing if it is already.
	 */
	public static void register(CallbackRegistry registry) {
		registry.registerInternalIfAbsent("pyboot.levels", PythonLogging::levels);
		registry.registerInternalIfAbsent("pyboot.log", PythonLogging::log);
		registry.registerInternalIfAbsent("pyboot.output", PythonLogging::output);
	}

	private static Object levels(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		List<?> names = (List<?>) argument(arguments, 0);
		return names.stream().map((name) -> threshold(LoggerFactory.getLogger((String) name))).toList();
	}

	private static int threshold(Logger logger) {
		for (int i = 0; i < LEVELS.length; i++) {
			if (logger.isEnabledForLevel(LEVELS[i])) {
				return THRESHOLDS[i];
			}
		}
		return OFF;
	}

	private static @Nullable Object log(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		Level level = LEVELS[((Long) argument(arguments, 0)).intValue()];
		Logger logger = LoggerFactory.getLogger((String) argument(arguments, 1));
		write(logger, level, List.of(argument(arguments, 2)));
		return null;
	}

	private static @Nullable Object output(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		boolean error = ((Long) argument(arguments, 0)) == 2;
		write(error ? STDERR : STDOUT, error ? Level.WARN : Level.INFO, (List<?>) argument(arguments, 1));
		return null;
	}

	private static Object argument(List<@Nullable Object> arguments, int index) {
		Object argument = arguments.get(index);
		if (argument == null) {
			throw new IllegalArgumentException("argument " + index + " is missing");
		}
		return argument;
	}

	private static void write(Logger logger, Level level, List<?> texts) {
		int depth = DEPTH.get();
		if (depth == MAX_DEPTH) {
			texts.forEach((text) -> System.err.println(logger.getName() + ": " + text));
			return;
		}
		DEPTH.set(depth + 1);
		try {
			for (Object text : texts) {
				write(logger, level, LoneSurrogates.escape((String) text));
			}
		}
		finally {
			if (depth == 0) {
				DEPTH.remove();
			}
			else {
				DEPTH.set(depth);
			}
		}
	}

	/** A message without arguments: braces in it mean nothing. */
	private static void write(Logger logger, Level level, String text) {
		switch (level) {
			case TRACE -> logger.trace(text);
			case DEBUG -> logger.debug(text);
			case INFO -> logger.info(text);
			case WARN -> logger.warn(text);
			case ERROR -> logger.error(text);
		}
	}

}
