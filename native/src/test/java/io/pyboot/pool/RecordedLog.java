package io.pyboot.pool;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Keeps what goes to the logger {@code python} and those below it.
 */
final class RecordedLog {

	private final Logger logger = (Logger) LoggerFactory.getLogger("python");

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			event.prepareForDeferredProcessing();
			RecordedLog.this.events.add(event);
		}

	};

	void start() {
		this.events.clear();
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	void stop() {
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(null);
	}

	List<ILoggingEvent> events() {
		return this.events;
	}

	/** Level, logger and text of each. */
	List<String> lines() {
		return this.events.stream()
			.map((event) -> event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage())
			.toList();
	}

}
