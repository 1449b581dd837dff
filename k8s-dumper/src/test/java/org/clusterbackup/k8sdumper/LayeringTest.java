package org.clusterbackup.k8sdumper;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.clusterbackup.k8sdumper", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule frameworksStayAtTheEdge = noClasses()
            .that()
            .resideInAPackage("org.clusterbackup.k8sdumper.*..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "jakarta..", "io.smallrye..", "org.apache.kafka..", "io.micrometer..")
            .because(
                    "everything but the consumer, the configuration and the beans can be made with new, in a test or a tool");
}
