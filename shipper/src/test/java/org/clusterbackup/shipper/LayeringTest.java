package org.clusterbackup.shipper;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.crypto.Identity;

@AnalyzeClasses(packages = "org.clusterbackup.shipper", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule holdsNoKeyThatOpens = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Identity.class, ArtifactReader.class)
            .because("a shipper is blind: who steals it reveals no past backup");
}
