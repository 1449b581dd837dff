package org.clusterbackup.etcdagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EtcdAgentConfigTest {
    @Test
    void everyPropertyIsDocumented() throws IOException {
        var document = Files.readString(Path.of("../docs/configuration.md"));
        var section = document.substring(document.indexOf("## etcd-agent"));

        var properties = ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(EtcdAgentConfig.class))
                .keySet();

        assertThat(properties).isNotEmpty().allSatisfy(name -> assertThat(section)
                .contains("`" + name.replaceFirst("\\[\\*]$", "") + "`"));
    }
}
