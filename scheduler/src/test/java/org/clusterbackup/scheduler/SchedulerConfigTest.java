package org.clusterbackup.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {
    @Test
    void everyPropertyIsDocumented() throws IOException {
        var document = Files.readString(Path.of("../docs/configuration.md"));
        var section = document.substring(document.indexOf("## scheduler"), document.indexOf("## shipper"));

        var properties =
                ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(SchedulerConfig.class))
                        .keySet()
                        .stream()
                        // a list's elements are the list's own property
                        .filter(name -> !name.endsWith("[*]"))
                        .toList();

        assertThat(properties).isNotEmpty().allSatisfy(name -> assertThat(section)
                .contains("`" + name + "`"));
    }
}
