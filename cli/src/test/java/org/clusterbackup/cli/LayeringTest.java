package org.clusterbackup.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.clusterbackup.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule needsNoClusterToRestoreOne = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "io.smallrye..",
                    "io.vertx..",
                    "jakarta.enterprise..",
                    "org.apache.kafka..",
                    "org.clusterbackup.events..",
                    "org.clusterbackup.service..")
            .because("clusterbackup works when Kafka, Kubernetes and the cluster are gone, and starts within a second");

    @ArchTest
    static final ArchRule formatIsNotReimplemented = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.exceptionfactory.jagged..", "com.github.luben.zstd..", "org.apache.sshd..", "io.minio..")
            .because("what a repository is made of is the business of module repository alone");
}
