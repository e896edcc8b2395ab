package io.pyboot.autoconfigure.reload;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pyboot.PythonCallException;
import io.pyboot.PythonException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.autoconfigure.PythonLifecycle;
import io.pyboot.autoconfigure.reload.SourceFolders.Changes;
import io.pyboot.pool.PythonPool;
import io.pyboot.pool.ReloadReport;
import io.pyboot.pool.RequestOptions;
import io.pyboot.template.PythonPools;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Reloads the modules whose files were edited, in every pool that has their folder on its
 * path, on a thread of its own. What was unpacked out of jars never changes and is not
 * watched. Runs while the pools do.
 */
public final class PythonSourceWatcher implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(PythonSourceWatcher.class);

	/** How long the contexts may take; past it, it is tried again. */
	private static final RequestOptions OPTIONS = RequestOptions.NONE.withTimeout(Duration.ofSeconds(30));

	private static final long RETRY_MILLIS = 1000;

	private final PythonPools pools;

	private final Duration quietPeriod;

	private final Path cache;

	private volatile @Nullable Thread thread;

	/**
	 * @param pools what to reload
	 * @param quietPeriod how long no file must have changed before modules are reloaded
	 * @param cache where files out of jars are unpacked
	 */
	public PythonSourceWatcher(PythonPools pools, Duration quietPeriod, Path cache) {
		this.pools = pools;
		this.quietPeriod = quietPeriod;
		this.cache = cache;
	}

	@Override
	public synchronized void start() {
		if (this.thread != null) {
			return;
		}
		List<Path> roots = this.pools.running()
			.stream()
			.flatMap((pool) -> pool.options().path().stream())
			.distinct()
			.filter((path) -> !path.startsWith(this.cache))
			.toList();
		if (roots.isEmpty()) {
			logger.info("There are no Python files to watch: pyboot.path has no directory outside of jars");
			return;
		}
		try {
			SourceFolders folders = new SourceFolders(roots);
			Thread watching = new Thread(() -> watch(folders), "pyboot-reload");
			watching.setDaemon(true);
			this.thread = watching;
			watching.start();
			logger.info("Python files are reloaded when they are edited, below {}", roots);
		}
		catch (IOException ex) {
			logger.warn("Python files below {} cannot be watched and are not reloaded when they are edited: {}", roots,
					ex.toString());
		}
	}

	@Override
	public synchronized void stop() {
		Thread watching = this.thread;
		this.thread = null;
		if (watching != null) {
			watching.interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	/** After the pools at the start, before them at the stop. */
	@Override
	public int getPhase() {
		return PythonLifecycle.PHASE + 1;
	}

	private void watch(SourceFolders folders) {
		// By pool: modules that were edited but whose new code no context has, so that
		// the
		// next edit, of whatever file, tries them again.
		Map<String, Set<String>> outstanding = new HashMap<>();
		try (folders) {
			boolean retry = false;
			while (this.thread == Thread.currentThread()) {
				folders.awaitChange(this.quietPeriod.toMillis(), retry ? RETRY_MILLIS : 0);
				retry = reload(folders, folders.changes(), outstanding, retry);
			}
		}
		catch (InterruptedException | ClosedWatchServiceException ex) {
			logger.debug("Python files are no longer watched");
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("Python files are no longer watched", ex);
		}
	}

	/**
	 * Reloads what has changed.
	 * @param retry whether to try again what was outstanding although nothing has changed
	 * @return whether to try again soon
	 */
	private boolean reload(SourceFolders folders, Changes changes, Map<String, Set<String>> outstanding,
			boolean retry) {
		for (Path file : changes.deleted()) {
			logger.info("{} was deleted; its module stays as it is until the application is restarted", file);
		}
		boolean busy = false;
		for (PythonPool pool : this.pools.running()) {
			Set<String> modules = outstanding.computeIfAbsent(pool.name(), (name) -> new LinkedHashSet<>());
			boolean edited = false;
			for (Path file : changes.edited()) {
				if (pool.options().path().stream().anyMatch(file::startsWith)) {
					modules.addAll(folders.modulesOf(file));
					edited = true;
				}
			}
			if ((edited || retry) && !modules.isEmpty()) {
				busy |= reload(pool, modules);
			}
		}
		return busy;
	}

	/** Returns whether the contexts were too busy. */
	private boolean reload(PythonPool pool, Set<String> modules) {
		long began = System.nanoTime();
		try {
			ReloadReport report = pool.reload(new ArrayList<>(modules), OPTIONS);
			modules.clear();
			if (!report.modules().isEmpty()) {
				logger.info("Pool '{}' has reloaded {} in {} ms", pool.name(), String.join(", ", report.modules()),
						(System.nanoTime() - began) / 1_000_000);
			}
			return false;
		}
		catch (PythonNotRunningException ex) {
			logger.debug("Pool '{}' stops and is not reloaded", pool.name());
			return false;
		}
		catch (PythonException ex) {
			if (ex.getCause() instanceof PythonCallException raised) {
				logger.warn("{}\n{}", ex.getMessage(), raised.getTraceback().stripTrailing());
			}
			else {
				logger.warn("{}", ex.getMessage());
			}
			return ex instanceof PythonTimeoutException || ex.getCause() instanceof PythonTimeoutException;
		}
	}

}
