package io.pyboot;

import java.time.Duration;
import java.util.Iterator;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Two bounded queues between Java and Python code: what Java sends, Python receives, and
 * the other way round. Any number of threads may use either end; each message goes to one
 * receiver, in the order of the sends. Python gets the channel as an argument, or by its
 * name with {@code pyboot.channel(name)}.
 * <p>
 * A full queue makes its sender wait; that is all that a slow receiver does to others.
 * Messages are values, copied when they are sent, so a later change of a sent object is
 * not seen. {@code null} is {@code None}.
 * <p>
 * A channel is kept until it is closed and Python has received what was sent to it, or
 * until its pool is closed, which closes it.
 * <p>
 * A message that arrives in Python just when the request that receives it is interrupted
 * or past its deadline may be lost with that request.
 * <p>
 * Every method that waits throws a {@link PythonCancelledException}, and leaves the
 * interrupt flag set, if the thread is interrupted.
 *
 * @param <T> type of the messages that Java receives
 */
public interface PythonChannel<T> extends Iterable<@Nullable T>, AutoCloseable {

	/**
	 * Sends a message to Python; waits while the queue is full.
	 * @param message anything that can be an argument of a Python function, except an
	 * iterator or stream
	 * @throws PythonChannelClosedException if the channel is closed
	 * @throws PythonConversionException if the message cannot cross
	 */
	void send(@Nullable Object message);

	/**
	 * Sends a message to Python; waits for so long at most.
	 * @throws PythonTimeoutException if the queue stayed full; the message was not sent
	 * @throws PythonChannelClosedException if the channel is closed
	 * @throws PythonConversionException if the message cannot cross
	 */
	void send(@Nullable Object message, Duration timeout);

	/**
	 * Sends a message to Python if there is room for it now.
	 * @return whether it was sent
	 * @throws PythonChannelClosedException if the channel is closed
	 * @throws PythonConversionException if the message cannot cross
	 */
	boolean trySend(@Nullable Object message);

	/**
	 * Receives a message from Python; waits for one.
	 * @return the message, {@code null} for {@code None}
	 * @throws PythonChannelClosedException if the channel is closed and nothing is left
	 * @throws PythonConversionException if the message is not of the type of the channel;
	 * it is gone then
	 */
	@Nullable T receive();

	/**
	 * Receives a message from Python; waits for so long at most.
	 * @throws PythonTimeoutException if none came
	 * @throws PythonChannelClosedException if the channel is closed and nothing is left
	 * @throws PythonConversionException if the message is not of the type of the channel;
	 * it is gone then
	 */
	@Nullable T receive(Duration timeout);

	/**
	 * Receives a message from Python if one is there now.
	 * @param action gets the message, {@code null} for {@code None}
	 * @return whether there was one; {@code false} also if the channel is closed
	 */
	boolean tryReceive(Consumer<? super @Nullable T> action);

	/**
	 * Receives messages until the channel is closed and nothing is left; waits for each.
	 */
	@Override
	Iterator<@Nullable T> iterator();

	/**
	 * How many messages each direction holds before its senders wait.
	 */
	int capacity();

	/**
	 * Whether one side has closed the channel.
	 */
	boolean isClosed();

	/**
	 * Closes the channel for both sides. Nothing can be sent any more; what was sent can
	 * still be received. Wakes all who wait. A second call does nothing.
	 */
	@Override
	void close();

}
