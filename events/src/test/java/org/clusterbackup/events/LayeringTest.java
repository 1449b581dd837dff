package org.clusterbackup.events;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.clusterbackup.events", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule contractIsPlainJava = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("org.clusterbackup.events..", "java..", "com.fasterxml.jackson..", "org.jspecify..")
            .because("the contract is read by whoever talks to the system, whatever framework it uses");
}
