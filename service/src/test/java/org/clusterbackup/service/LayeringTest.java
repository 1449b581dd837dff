package org.clusterbackup.service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.clusterbackup.service", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule madeWithNew = noClasses()
            .that()
            .resideOutsideOfPackages("..service.meter", "..service.log")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "jakarta..", "io.micrometer..")
            .because(
                    "what services share must be usable in a test or a tool without a container; each service wires it");

    @ArchTest
    static final ArchRule knowsNoService = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.clusterbackup.scheduler..",
                    "org.clusterbackup.agent..",
                    "org.clusterbackup.brickagent..",
                    "org.clusterbackup.etcdagent..",
                    "org.clusterbackup.k8sdumper..",
                    "org.clusterbackup.shipper..",
                    "org.clusterbackup.cli..")
            .because("services build on it and never on each other: events are their contract");
}
