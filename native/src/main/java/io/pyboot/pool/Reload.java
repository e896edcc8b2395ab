package io.pyboot.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonReloadException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.pool.ContextSlot.Target;
import io.pyboot.pool.ReloadReport.ContextReload;
import org.jspecify.annotations.Nullable;

/**
 * Replaces modules in all contexts of a pool, or in none. Each step is a request in each
 * context: <em>check</em> compiles, <em>prepare</em> runs the new code where nobody sees
 * it, and, once all contexts have, <em>commit</em> puts it in place; after a failure
 * <em>drop</em> forgets it. Contexts of mode {@code main} share their modules, so there
 * one of them does each step for all.
 * <p>
 * Reloads of a pool run one after the other.
 */
final class Reload {

	/** The note that pyboot._reload adds to what a module raised. */
	private static final Pattern NOTE = Pattern.compile("pyboot\\.reload=(\\S+) \\((.*):(\\d+)\\)");

	private static final AtomicLong TICKETS = new AtomicLong();

	private final PythonPool pool;

	private final OwnerWay way;

	private final ContextSlot[] slots;

	private final ReentrantLock turn = new ReentrantLock();

	Reload(PythonPool pool, OwnerWay way, ContextSlot[] slots) {
		this.pool = pool;
		this.way = way;
		this.slots = slots;
	}

	/**
	 * Reloads modules, and those that import them.
	 * @param modules what has changed
	 * @param timeout in nanoseconds, 0 for none
	 */
	ReloadReport run(List<String> modules, long timeout) {
		long until = (timeout != 0) ? System.nanoTime() + timeout : 0;
		takeTurn(timeout);
		try {
			String what = String.join(", ", modules);
			require(what, step("check", 0, remaining(until), modules));
			long ticket = TICKETS.incrementAndGet();
			// As a prepared context keeps the new code, it must be told in any case what
			// becomes of it, so commit and drop have no deadline.
			List<Outcome> prepared = step("prepare", 0, remaining(until), ticket, modules);
			if (prepared.stream().anyMatch((outcome) -> outcome.failure() != null)) {
				submit("drop", 0, ticket);
				require(what, prepared);
			}
			return report(step("commit", until, 0, ticket), prepared);
		}
		finally {
			this.turn.unlock();
		}
	}

	private void takeTurn(long timeout) {
		try {
			if (timeout == 0) {
				this.turn.lockInterruptibly();
			}
			else if (!this.turn.tryLock(timeout, TimeUnit.NANOSECONDS)) {
				throw new PythonTimeoutException(
						"Another reload of pool '" + this.pool.name() + "' did not end within the deadline");
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private static long remaining(long until) {
		return (until != 0) ? Math.max(1, until - System.nanoTime()) : 0;
	}

	/**
	 * Runs one step in every context.
	 * @param until how long to wait for requests that have no deadline, as
	 * {@link System#nanoTime()}, 0 for ever
	 * @param timeout deadline of the requests, in nanoseconds, 0 for none
	 */
	private List<Outcome> step(String function, long until, long timeout, @Nullable Object... arguments) {
		List<Outcome> outcomes = new ArrayList<>();
		for (CompletableFuture<?> answer : submit(function, timeout, arguments)) {
			outcomes.add(await(answer, until));
		}
		return outcomes;
	}

	/**
	 * One for each interpreter; {@code null} for any context. Asked for at each reload,
	 * since the pool fills its slots after it has made this.
	 */
	private List<@Nullable Target> targets() {
		List<@Nullable Target> targets = new ArrayList<>();
		if (this.pool.mode() == PythonMode.MAIN) {
			targets.add(null);
			return targets;
		}
		for (ContextSlot slot : this.slots) {
			targets.add(slot.target);
		}
		return targets;
	}

	private List<CompletableFuture<@Nullable Object>> submit(String function, long timeout,
			@Nullable Object... arguments) {
		PythonRequest request = PythonRequest.call("pyboot._reload:" + function, arguments, Map.of());
		List<CompletableFuture<@Nullable Object>> answers = new ArrayList<>();
		for (Target target : targets()) {
			answers.add(this.way.submit(RequestWay.ASYNC, request, 0, target, timeout));
		}
		return answers;
	}

	private static Outcome await(CompletableFuture<?> answer, long until) {
		try {
			Object value = (until != 0) ? answer.get(remaining(until), TimeUnit.NANOSECONDS) : answer.get();
			List<String> modules = new ArrayList<>();
			((List<?>) value).forEach((module) -> modules.add((String) module));
			return new Outcome(modules, null);
		}
		catch (ExecutionException ex) {
			return new Outcome(List.of(), ex.getCause());
		}
		catch (TimeoutException ex) {
			return new Outcome(List.of(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Outcome(List.of(), new PythonCancelledException("Interrupted while modules were reloaded", ex));
		}
	}

	private static PythonCancelledException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new PythonCancelledException("Interrupted while waiting for another reload", ex);
	}

	private void require(String what, List<Outcome> outcomes) {
		Map<Integer, String> failures = new LinkedHashMap<>();
		Throwable first = null;
		for (int i = 0; i < outcomes.size(); i++) {
			Throwable failure = outcomes.get(i).failure();
			if (failure != null) {
				first = (first != null) ? first : failure;
				failures.put(i, describe(failure));
			}
		}
		if (first == null) {
			return;
		}
		String message = "'%s' was not reloaded in pool '%s', which goes on with the old code: ".formatted(what,
				this.pool.name());
		Matcher place = place(first);
		if (place == null) {
			throw new PythonReloadException(message + describe(first), null, null, -1, failures, first);
		}
		int line = Integer.parseInt(place.group(3));
		throw new PythonReloadException(
				message + "%s (%s:%d): %s".formatted(place.group(1), place.group(2), line, describe(first)),
				place.group(1), place.group(2), (line > 0) ? line : -1, failures, first);
	}

	private static @Nullable Matcher place(Throwable failure) {
		if (failure instanceof PythonCallException raised) {
			for (String note : raised.getNotes()) {
				Matcher matcher = NOTE.matcher(note);
				if (matcher.matches()) {
					return matcher;
				}
			}
		}
		return null;
	}

	private static String describe(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.getClass().getSimpleName();
	}

	private ReloadReport report(List<Outcome> committed, List<Outcome> prepared) {
		List<ContextReload> reports = new ArrayList<>();
		for (int i = 0; i < this.slots.length; i++) {
			int step = Math.min(i, committed.size() - 1); // in mode main there is one
			Throwable failure = committed.get(step).failure();
			reports.add((failure == null) ? new ContextReload(i, committed.get(step).modules(), null)
					: new ContextReload(i, prepared.get(step).modules(), pending(failure)));
		}
		return new ReloadReport(this.pool.name(), reports);
	}

	private static String pending(Throwable failure) {
		return (failure instanceof TimeoutException) ? "The context is busy; it takes the new code between two requests"
				: describe(failure);
	}

	/** What a step gave in one context. */
	private record Outcome(List<String> modules, @Nullable Throwable failure) {

	}

}
