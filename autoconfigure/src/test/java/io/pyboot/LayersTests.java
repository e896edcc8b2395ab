package io.pyboot;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each package uses only what stands below it.
 */
class LayersTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
		.importPackages("io.pyboot");

	@Test
	void templateKnowsNothingOfSpringBoot() {
		noClasses().that()
			.resideInAPackage("io.pyboot.template..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "io.micrometer..", "io.pyboot.actuate..",
					"io.pyboot.metrics..", "io.pyboot.autoconfigure..")
			.check(CLASSES);
	}

	@Test
	void callablesKnowNothingOfSpringBoot() {
		noClasses().that()
			.resideInAPackage("io.pyboot.callable..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "io.pyboot.actuate..", "io.pyboot.metrics..")
			.check(CLASSES);
		noClasses().that()
			.resideInAPackage("io.pyboot.template..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.pyboot.callable..")
			.check(CLASSES);
	}

	@Test
	void nothingDependsOnTheAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage("io.pyboot.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.pyboot.autoconfigure..")
			.check(CLASSES);
	}

	@Test
	void actuatorAndMetricsDoNotKnowEachOther() {
		noClasses().that()
			.resideInAPackage("io.pyboot.metrics..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.pyboot.actuate..", "org.springframework.boot..")
			.check(CLASSES);
		noClasses().that()
			.resideInAPackage("io.pyboot.actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.pyboot.metrics..", "io.micrometer..")
			.check(CLASSES);
	}

	@Test
	void engineIsUsedByItsApiOnly() {
		noClasses().that()
			.resideInAnyPackage("io.pyboot.template..", "io.pyboot.callable..", "io.pyboot.actuate..",
					"io.pyboot.metrics..", "io.pyboot.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.pyboot.binding..", "io.pyboot.context..", "com.sun.jna..")
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsAreFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.haveModifier(JavaModifier.FINAL)
			.check(CLASSES);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(CLASSES).isNotEmpty()
			.allMatch((type) -> type.getPackage().isAnnotatedWith(NullMarked.class), "in a null-marked package");
	}

}
