package io.pyboot.benchmarks;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * Starts and stops an application and prints how long the start took, in milliseconds.
 * startup.sh runs it with and without Python.
 */
@EnableAutoConfiguration
public class Startup {

	public static void main(String[] args) {
		long began = System.nanoTime();
		SpringApplication application = new SpringApplication(Startup.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (var context = application.run(args)) {
			System.out.println("started in " + (System.nanoTime() - began) / 1_000_000 + " ms");
		}
	}

}
