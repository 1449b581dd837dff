package org.clusterbackup.shipper;

import java.io.IOException;
import org.clusterbackup.service.testing.DocumentedSettings;
import org.junit.jupiter.api.Test;

class ShipperConfigTest {
    @Test
    void everyPropertyIsDocumentedAndNoOther() throws IOException {
        DocumentedSettings.assertComplete("shipper", ShipperConfig.class);
    }
}
