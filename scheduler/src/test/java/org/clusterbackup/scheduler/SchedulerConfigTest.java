package org.clusterbackup.scheduler;

import java.io.IOException;
import org.clusterbackup.service.testing.DocumentedSettings;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {
    @Test
    void everyPropertyIsDocumentedAndNoOther() throws IOException {
        DocumentedSettings.assertComplete("scheduler", SchedulerConfig.class);
    }
}
