package io.pyboot.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.pyboot.install.PythonInstallation;
import io.pyboot.runtime.PythonRuntime;
import io.pyboot.template.PythonPools;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * Adds the CPython in use to the actuator's info. Adds nothing while it does not run.
 */
public class PythonInfoContributor implements InfoContributor {

	private final PythonPools pools;

	public PythonInfoContributor(PythonPools pools) {
		this.pools = pools;
	}

	@Override
	public void contribute(Info.Builder builder) {
		PythonRuntime runtime = this.pools.runtime();
		if (runtime != null) {
			PythonInstallation python = runtime.info().installation();
			Map<String, Object> details = new LinkedHashMap<>();
			details.put("version", python.version().toString());
			details.put("fullVersion", runtime.info().fullVersion());
			details.put("freeThreaded", python.freeThreaded());
			builder.withDetail("python", details);
		}
	}

}
