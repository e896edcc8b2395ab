package io.pyboot.autoconfigure;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Locale;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.converter.Converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StringConversion}.
 */
class StringConversionTests {

	private final Locale locale = Locale.getDefault();

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	@AfterEach
	void restoreLocale() {
		Locale.setDefault(this.locale);
	}

	@Test
	void datesAreReadAsIsoWhateverTheLocale() {
		Locale.setDefault(Locale.US);
		ConversionService service = StringConversion.service(this.beanFactory);
		assertThat(service.convert("2012-01-31", LocalDate.class)).isEqualTo("2012-01-31");
		assertThat(service.convert("2012-01-31T10:00:01.5", LocalDateTime.class)).isEqualTo("2012-01-31T10:00:01.5");
		assertThat(service.convert("2012-01-31T10:00:01+01:00", OffsetDateTime.class))
			.isEqualTo("2012-01-31T10:00:01+01:00");
		assertThat(service.convert("PT5S", Duration.class)).isEqualTo(Duration.ofSeconds(5));
		assertThatExceptionOfType(ConversionFailedException.class)
			.isThrownBy(() -> service.convert("1/31/12", LocalDate.class));
	}

	@Test
	void convertersOfTheApplicationAreUsed() {
		this.beanFactory.registerBeanDefinition("station", new RootBeanDefinition(StationConverter.class));
		ConversionService service = StringConversion.service(this.beanFactory);
		assertThat(service.convert("sea", Station.class)).isEqualTo(new Station("SEA", 1));
	}

	record Station(String code, int version) {

	}

	static class StationConverter implements Converter<String, Station> {

		@Override
		public Station convert(String source) {
			return new Station(source.toUpperCase(Locale.ROOT), 1);
		}

	}

}
