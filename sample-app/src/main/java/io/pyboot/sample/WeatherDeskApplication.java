package io.pyboot.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * A weather desk: Spring serves what Python computes.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WeatherDeskApplication {

	public static void main(String[] args) {
		SpringApplication.run(WeatherDeskApplication.class, args);
	}

}
