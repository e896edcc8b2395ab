package io.pyboot.sample.weather;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the desk.
 *
 * @param timeout deadline of one computation
 * @param maxUploads how many uploaded files are kept; the one unused for longest goes
 * first
 * @param maxUploadSize size of the largest file taken
 */
@ConfigurationProperties("weather")
public record WeatherProperties(@DefaultValue("30s") Duration timeout, @DefaultValue("16") int maxUploads,
		@DefaultValue("2MB") DataSize maxUploadSize) {

}
