package io.pyboot.runtime;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pyboot.PythonCallException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonException;
import io.pyboot.PythonInstallationException;
import io.pyboot.binding.LibPyboot;
import io.pyboot.binding.NativeLibraryFile;
import io.pyboot.codec.CodecLimits;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireEncoder;
import io.pyboot.context.PythonContext;
import io.pyboot.context.ReplyReader;
import io.pyboot.install.CacheDirectory;
import io.pyboot.install.PythonInstallation;
import io.pyboot.install.PythonLocator;
import io.pyboot.install.PythonPackage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CPython in this process. There is one, shared by every pool and every application
 * context: {@link #start} counts a reference, {@link #release} gives it back, and the
 * last one stops the runtime. CPython itself is loaded once and stays until the process
 * ends (a second initialisation is not safe with extension modules), so a runtime that is
 * started again goes on with the same one.
 */
public final class PythonRuntime {

	private static final Logger logger = LoggerFactory.getLogger(PythonRuntime.class);

	/** Guards references, loaded and the steps of the state machine. */
	private static final Object LOCK = new Object();

	private static final StateMachine STATE = new StateMachine("The Python runtime");

	private static int references;

	private static @Nullable PythonRuntime loaded;

	private final RuntimeInfo info;

	/** What pyboot._site gave for contexts, which get it back in their configuration. */
	private final @Nullable List<?> siteFolders;

	private final boolean freeThreaded;

	private PythonRuntime(RuntimeInfo info, @Nullable List<?> siteFolders) {
		this.info = info;
		this.siteFolders = siteFolders;
		this.freeThreaded = info.installation().freeThreaded();
	}

	/**
	 * Starts the runtime, or shares the one that runs. Blocks until CPython is ready.
	 * @param options which CPython to use
	 * @throws PythonInstallationException if there is no usable one, or if another one
	 * was loaded before
	 */
	public static PythonRuntime start(RuntimeOptions options) {
		synchronized (LOCK) {
			if (STATE.get() == RuntimeState.RUNNING && loaded != null) {
				checkSame(options, loaded);
				references++;
				return loaded;
			}
			STATE.moveTo(RuntimeState.INITING);
			try {
				if (loaded == null) {
					loaded = load(options);
				}
				else {
					checkSame(options, loaded);
				}
			}
			catch (RuntimeException | Error ex) {
				STATE.moveTo(RuntimeState.STOPPED);
				throw ex;
			}
			references = 1;
			STATE.moveTo(RuntimeState.RUNNING);
			return loaded;
		}
	}

	/** Options that name nothing accept whatever is loaded. */
	private static void checkSame(RuntimeOptions options, PythonRuntime loaded) {
		boolean named = options.python().executable() != null || options.python().home() != null
				|| options.python().venv() != null;
		if (!named) {
			return;
		}
		PythonInstallation wanted = PythonLocator.locate(options.python());
		PythonInstallation have = loaded.info.installation();
		if (!wanted.library().equals(have.library()) || !wanted.executable().equals(have.executable())) {
			throw new PythonInstallationException(
					"This process has loaded Python " + have.version() + " from " + have.library() + " ("
							+ have.executable() + ") and cannot load " + wanted.library() + " (" + wanted.executable()
							+ ") as well",
					"Use the same pyboot.python settings in every application context of a process.");
		}
	}

	private static PythonRuntime load(RuntimeOptions options) {
		long began = System.nanoTime();
		PythonInstallation installation = PythonLocator.locate(options.python());
		CacheDirectory cache = CacheDirectory.resolve(options.python().cacheDirectory());
		loadLibrary(cache);
		for (Path companion : installation.companions()) {
			com.sun.jna.NativeLibrary.getInstance(companion.toString(),
					Map.of(com.sun.jna.Library.OPTION_OPEN_FLAGS, 0x2 | 0x100)); // RTLD_NOW
																					// |
																					// RTLD_GLOBAL
		}
		Path packageDirectory = PythonPackage.directory(cache);
		PythonRuntime runtime = startNative(installation, packageDirectory);
		logger.info("Python {} started in {} ms: {}, home {}, executable {} ({})", installation.version(),
				(System.nanoTime() - began) / 1_000_000, installation.library(), installation.home(),
				installation.executable(), installation.source());
		logger.debug("sys.path of the main interpreter: {}", runtime.info.path());
		return runtime;
	}

	private static void loadLibrary(CacheDirectory cache) {
		Path library = NativeLibraryFile.locate(cache);
		try {
			LibPyboot.load(library);
		}
		catch (UnsatisfiedLinkError ex) {
			throw new PythonInstallationException(
					"libpyboot could not be loaded from " + library + ": " + ex.getMessage(),
					"If the directory is on a file system mounted noexec, set pyboot.cache-dir to one that is not.",
					ex);
		}
		long abi = LibPyboot.pb_abi();
		if (abi != LibPyboot.ABI) {
			throw new PythonInstallationException(
					library + " has interface version " + abi + ", this Pyboot needs " + LibPyboot.ABI,
					"Remove the system property pyboot.library.path, or build the library from the same version.");
		}
	}

	private static PythonRuntime startNative(PythonInstallation installation, Path packageDirectory) {
		Map<String, Object> config = new LinkedHashMap<>();
		config.put("site_paths", strings(installation.sitePaths()));
		config.put("imports", importsInMain(installation));
		config.put("environment", CertificateBundle.environment(installation, System.getenv()));
		ByteBuffer strings = zeroTerminated(installation.library().toString(), installation.home().toString(),
				installation.executable().toString(), packageDirectory.toString());
		WireBuffer buffer = WireBuffer.acquireShared();
		try {
			ByteBuffer encoded = encode(config);
			long length = LibPyboot.pb_start_runtime(WireBuffer.addressOf(strings), WireBuffer.addressOf(encoded),
					encoded.limit(), buffer.address(), buffer.capacity());
			Reference.reachabilityFence(strings);
			Reference.reachabilityFence(encoded);
			Map<?, ?> facts = (Map<?, ?>) ReplyReader.read(buffer, length);
			List<String> path = new ArrayList<>();
			for (Object entry : (List<?>) facts.get("path")) {
				path.add((String) entry);
			}
			RuntimeInfo info = new RuntimeInfo(installation, (String) facts.get("version"), List.copyOf(path));
			return new PythonRuntime(info, (List<?>) facts.get("site_folders"));
		}
		catch (PythonCallException ex) {
			throw new PythonInstallationException(
					"Python " + installation.version() + " (" + installation.library() + ") did not start: "
							+ ex.getPythonMessage(),
					"Check that " + installation.home() + " is a complete installation of Python "
							+ installation.version().feature() + ".",
					ex);
		}
		finally {
			buffer.release();
		}
	}

	/**
	 * What the main interpreter must have imported before the first subinterpreter does.
	 */
	private static List<String> importsInMain(PythonInstallation installation) {
		if (installation.version().isAtLeast(3, 13)) {
			return List.of();
		}
		return List.of("zoneinfo", "sqlite3", "asyncio", "ssl", "ctypes", "xml.etree.ElementTree", "pyexpat");
	}

	/**
	 * Encodes a configuration into memory of its own, as contexts get it.
	 * @return direct memory whose limit is the length
	 */
	private static ByteBuffer encode(Map<String, Object> config) {
		WireBuffer buffer = WireBuffer.acquireShared();
		try {
			WireEncoder encoder = new WireEncoder(buffer, CodecLimits.DEFAULT, null);
			encoder.write(config, "config");
			ByteBuffer copy = ByteBuffer.allocateDirect(encoder.length()).order(ByteOrder.LITTLE_ENDIAN);
			copy.put(0, buffer.memory(), 0, encoder.length());
			return copy;
		}
		finally {
			buffer.release();
		}
	}

	private static List<String> strings(List<Path> paths) {
		return paths.stream().map(Path::toString).toList();
	}

	private static ByteBuffer zeroTerminated(String... strings) {
		byte[] bytes = (String.join("\0", strings) + "\0").getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
	}

	/**
	 * Gives the reference back. The last one stops the runtime; its pools must be closed
	 * before.
	 */
	public void release() {
		synchronized (LOCK) {
			if (references > 0 && --references == 0) {
				STATE.moveTo(RuntimeState.SHUTTING_DOWN);
				STATE.moveTo(RuntimeState.STOPPED);
			}
		}
	}

	/**
	 * State of the runtime of this process.
	 */
	public static RuntimeState currentState() {
		return STATE.get();
	}

	/**
	 * Facts about the running CPython.
	 */
	public RuntimeInfo info() {
		return this.info;
	}

	/**
	 * Whether the running CPython was built without the GIL (PEP 703).
	 */
	public boolean isFreeThreaded() {
		return this.freeThreaded;
	}

	/**
	 * The native counters by their {@link NativeCounter#id() ids}, in the order of
	 * {@link NativeCounter}.
	 */
	public Map<String, Long> counters() {
		NativeCounter[] all = NativeCounter.values();
		ByteBuffer memory = ByteBuffer.allocateDirect(all.length * Long.BYTES).order(ByteOrder.nativeOrder());
		LibPyboot.pb_read_counters(WireBuffer.addressOf(memory), all.length);
		Map<String, Long> counters = new LinkedHashMap<>();
		for (NativeCounter counter : all) {
			counters.put(counter.id(), memory.getLong(counter.ordinal() * Long.BYTES));
		}
		return counters;
	}

	/**
	 * Puts directories in front of the path of the main interpreter, which must see what
	 * the contexts see: the first import of an extension module in a context runs its
	 * init function in main first.
	 */
	public void extendPath(List<Path> directories) {
		STATE.requireRunning();
		if (directories.isEmpty()) {
			return;
		}
		ByteBuffer name = zeroTerminated("extend_path");
		// The entries travel in one string, so the separator must not end it.
		ByteBuffer argument = zeroTerminated(String.join("\n", strings(directories)));
		WireBuffer buffer = WireBuffer.acquireShared();
		try {
			long length = LibPyboot.pb_call_main(WireBuffer.addressOf(name), WireBuffer.addressOf(argument),
					buffer.address(), buffer.capacity());
			Reference.reachabilityFence(name);
			Reference.reachabilityFence(argument);
			if (length < 0) {
				byte[] text = new byte[(int) (-1 - length)];
				buffer.memory().get(0, text);
				throw new PythonContextLostException("sys.path of the main interpreter could not be extended: "
						+ new String(text, StandardCharsets.UTF_8));
			}
		}
		finally {
			buffer.release();
		}
	}

	/**
	 * Starts a context.
	 * @param subinterpreter whether it gets an interpreter of its own
	 * @param pool number of the native pool that its answers go to
	 * @param queueCapacity slots on the owner's way
	 * @param config what {@code setup} in pyboot._engine is given, beside the site paths
	 * @param timeout how long it may take
	 * @throws PythonException what the start raised
	 */
	public PythonContext startContext(boolean subinterpreter, long pool, int queueCapacity, Map<String, Object> config,
			Duration timeout) {
		STATE.requireRunning();
		Map<String, Object> all = new LinkedHashMap<>(config);
		all.put("site_paths", strings(this.info.installation().sitePaths()));
		all.put("site_folders", this.siteFolders);
		ByteBuffer encoded = encode(all);
		return PythonContext.start(subinterpreter, pool, queueCapacity, encoded, encoded.limit(), timeout);
	}

}
