package org.clusterbackup.k8sdumper;

import java.io.IOException;
import org.clusterbackup.service.testing.DocumentedSettings;
import org.junit.jupiter.api.Test;

class DumperConfigTest {
    @Test
    void everyPropertyIsDocumentedAndNoOther() throws IOException {
        DocumentedSettings.assertComplete("k8s-dumper", DumperConfig.class);
    }
}
