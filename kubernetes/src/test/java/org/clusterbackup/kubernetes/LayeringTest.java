package org.clusterbackup.kubernetes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.clusterbackup.kubernetes", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule needsNoFramework = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..", "jakarta..", "io.smallrye..", "org.apache.kafka..", "org.clusterbackup.events..")
            .because("the command line restores with it when Kafka and the cluster are gone");

    @ArchTest
    static final ArchRule clientStaysInOnePackage = noClasses()
            .that()
            .resideOutsideOfPackage("..kubernetes.api")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8..")
            .because("dump and restore talk to a server in requests and JSON");

    @ArchTest
    static final ArchRule archiveKnowsNoServer = noClasses()
            .that()
            .resideInAPackage("..kubernetes.archive")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..kubernetes.dump", "..kubernetes.restore")
            .because("an archive is read when no server is left");
}
