package org.clusterbackup.brickagent;

import java.io.IOException;
import org.clusterbackup.service.testing.DocumentedSettings;
import org.junit.jupiter.api.Test;

class AgentConfigTest {
    @Test
    void everyPropertyIsDocumentedAndNoOther() throws IOException {
        DocumentedSettings.assertComplete("brick-agent", AgentConfig.class);
    }
}
