package io.pyboot.sample;

import java.util.stream.IntStream;

import io.pyboot.sample.weather.BootstrapResult;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the bootstrap is spread, and that it does not matter.
 */
class BootstrapIntegrationTests extends AbstractDeskIntegrationTests {

	private static final String URI = "/api/weather/bootstrap?resamples=4250&seed={seed}&spread={spread}";

	@Test
	void sameSeedGivesTheSameIntervalHoweverItIsSpread() {
		BootstrapResult spread = get(BootstrapResult.class, URI, 7, true);
		BootstrapResult again = get(BootstrapResult.class, URI, 7, true);
		BootstrapResult oneContext = get(BootstrapResult.class, URI, 7, false);
		assertThat(again.interval()).isEqualTo(spread.interval());
		assertThat(oneContext.interval()).isEqualTo(spread.interval());
		assertThat(oneContext.contexts()).isEqualTo(1);
	}

	@Test
	void anotherSeedGivesAnotherInterval() {
		BootstrapResult one = get(BootstrapResult.class, URI, 1, true);
		BootstrapResult other = get(BootstrapResult.class, URI, 2, true);
		assertThat(other.interval()).isNotEqualTo(one.interval());
	}

	@Test
	void chunksRunOnSeveralContextsAtOnce() {
		int cores = Runtime.getRuntime().availableProcessors();
		BootstrapResult result = get(BootstrapResult.class, "/api/weather/bootstrap?resamples=20000");
		assertThat(result.chunks()).extracting(BootstrapResult.Chunk::chunk)
			.containsExactlyInAnyOrderElementsOf(IntStream.range(0, 40).boxed().toList());
		assertThat(result.contexts()).isBetween(Math.min(2, cores), cores);
		assertThat(result.elapsed()).isPositive();
		assertThat(result.cpu()).isPositive();
		if (cores > 1) {
			assertThat(result.chunks()).anySatisfy((chunk) -> assertThat(result.chunks()).anySatisfy((other) -> {
				assertThat(other.context()).isNotEqualTo(chunk.context());
				assertThat(other.started()).isLessThan(chunk.ended());
				assertThat(other.ended()).isGreaterThan(chunk.started());
			}));
		}
	}

	@Test
	void chunksOfOneContextNeverOverlap() {
		BootstrapResult result = get(BootstrapResult.class, "/api/weather/bootstrap?resamples=10000");
		for (BootstrapResult.Chunk chunk : result.chunks()) {
			assertThat(result.chunks()).filteredOn((other) -> other.context() == chunk.context() && other != chunk)
				.allMatch((other) -> other.ended() <= chunk.started() || other.started() >= chunk.ended());
		}
	}

}
