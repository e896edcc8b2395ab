package io.pyboot.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.pyboot.PythonInstallationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CacheDirectoryTest {

	private static final Predicate<Path> INTACT = (directory) -> Files.exists(directory.resolve("file"));

	@TempDir
	private Path root;

	private CacheDirectory cache;

	private final AtomicInteger written = new AtomicInteger();

	@BeforeEach
	void makeCache() {
		this.cache = new CacheDirectory(this.root);
	}

	private void write(Path directory) throws IOException {
		this.written.incrementAndGet();
		Files.writeString(directory.resolve("file"), "content");
	}

	@Test
	void publishesOnceAndPrivately() throws IOException {
		Path first = this.cache.publish("key", INTACT, this::write);
		Path second = this.cache.publish("key", INTACT, this::write);
		assertThat(second).isEqualTo(first).isEqualTo(this.root.resolve("key"));
		assertThat(first.resolve("file")).hasContent("content");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first))).isEqualTo("rwx------");
		assertThat(this.written).hasValue(1);
		assertThat(names()).containsExactly("key");
	}

	@Test
	void leavesNothingBehindWhenTheContentFails() throws IOException {
		assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> this.cache.publish("key", INTACT, (directory) -> {
				write(directory);
				throw new IOException("No space left on device");
			}))
			.withMessageContaining("No space left on device")
			.withMessageContaining(this.root.toString())
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("pyboot.cache-dir"));
		assertThat(names()).isEmpty();
	}

	@Test
	void refusesIncompleteContent() throws IOException {
		assertThatExceptionOfType(PythonInstallationException.class)
			.isThrownBy(() -> this.cache.publish("key", INTACT, (directory) -> {
			}))
			.withMessageContaining("incomplete");
		assertThat(names()).isEmpty();
	}

	@Test
	void replacesDamagedContent() throws IOException {
		Path published = this.cache.publish("key", INTACT, this::write);
		Files.delete(published.resolve("file"));
		Files.writeString(published.resolve("rest"), "");
		assertThat(this.cache.publish("key", INTACT, this::write).resolve("file")).exists();
		assertThat(published.resolve("rest")).doesNotExist();
		assertThat(names()).containsExactly("key");
	}

	@Test
	void everyoneInARaceGetsTheSameCompleteDirectory() throws Exception {
		int racers = 4;
		CyclicBarrier barrier = new CyclicBarrier(racers);
		ExecutorService executor = Executors.newFixedThreadPool(racers);
		try {
			Callable<Path> racer = () -> this.cache.publish("key", INTACT, (directory) -> {
				write(directory);
				try {
					barrier.await();
				}
				catch (Exception ex) {
					throw new IOException(ex);
				}
			});
			for (Future<Path> path : executor.invokeAll(List.of(racer, racer, racer, racer))) {
				assertThat(path.get()).isEqualTo(this.root.resolve("key"));
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(this.written).hasValue(racers);
		assertThat(names()).containsExactly("key");
	}

	@Test
	void removesWhatADeadJvmLeftButNotWhatALiveOneWrites() throws IOException {
		Path dead = Files.createDirectory(this.root.resolve(".unfinished-1"));
		Files.createDirectory(this.root.resolve(".unfinished-2"));
		Files.writeString(dead.resolve("file"), "");
		Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
		this.cache.publish("key", INTACT, this::write);
		assertThat(names()).containsExactlyInAnyOrder("key", ".unfinished-2");
	}

	@Test
	void refusesKeysThatLeadElsewhere() {
		for (String key : List.of("..", "a/b", "../x", ".hidden", "/tmp", "")) {
			assertThatIllegalArgumentException().as(key).isThrownBy(() -> this.cache.directory(key));
		}
	}

	private List<String> names() throws IOException {
		try (Stream<Path> children = Files.list(this.root)) {
			return children.map((child) -> child.getFileName().toString()).toList();
		}
	}

}
