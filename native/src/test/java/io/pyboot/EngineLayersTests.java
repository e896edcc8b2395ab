package io.pyboot;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/**
 * The way of a call goes down: pool, context, codec and binding. Nothing looks up.
 */
class EngineLayersTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.pyboot");

	@Test
	void eachLayerUsesOnlyWhatStandsBelow() {
		layeredArchitecture().consideringOnlyDependenciesInLayers()
			.layer("pool")
			.definedBy("io.pyboot.pool..")
			.layer("runtime")
			.definedBy("io.pyboot.runtime..")
			.layer("services")
			.definedBy("io.pyboot.channel..", "io.pyboot.iterator..", "io.pyboot.logging..", "io.pyboot.state..")
			.layer("callback")
			.definedBy("io.pyboot.callback..")
			.layer("context")
			.definedBy("io.pyboot.context..")
			.layer("codec")
			.definedBy("io.pyboot.codec..")
			.layer("binding")
			.definedBy("io.pyboot.binding..")
			.layer("install")
			.definedBy("io.pyboot.install..")
			.whereLayer("pool")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("runtime")
			.mayOnlyBeAccessedByLayers("pool")
			.whereLayer("context")
			.mayOnlyBeAccessedByLayers("pool", "runtime")
			.whereLayer("services")
			.mayOnlyBeAccessedByLayers("pool")
			.whereLayer("callback")
			.mayOnlyBeAccessedByLayers("pool", "services")
			.whereLayer("codec")
			.mayOnlyBeAccessedByLayers("pool", "runtime", "context", "services", "callback")
			.whereLayer("binding")
			.mayOnlyBeAccessedByLayers("pool", "runtime", "context", "codec")
			.check(CLASSES);
	}

	@Test
	void engineIsFreeOfSpring() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "tools.jackson..", "com.fasterxml.jackson..",
					"io.micrometer..")
			.check(CLASSES);
	}

}
