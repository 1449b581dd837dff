package org.clusterbackup.k8sdumper;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DumperConfigTest {
    @Test
    void everyPropertyIsDocumented() throws IOException {
        var document = Files.readString(Path.of("../docs/configuration.md"));
        var section = document.substring(document.indexOf("## k8s-dumper"));

        var properties = ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(DumperConfig.class))
                .keySet();

        assertThat(properties).isNotEmpty().allSatisfy(name -> assertThat(section)
                .contains("`" + name.replaceFirst("\\[\\*]$", "") + "`"));
    }
}
