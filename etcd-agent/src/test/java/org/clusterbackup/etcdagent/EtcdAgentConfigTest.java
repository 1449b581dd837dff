package org.clusterbackup.etcdagent;

import java.io.IOException;
import org.clusterbackup.service.testing.DocumentedSettings;
import org.junit.jupiter.api.Test;

class EtcdAgentConfigTest {
    @Test
    void everyPropertyIsDocumentedAndNoOther() throws IOException {
        DocumentedSettings.assertComplete("etcd-agent", EtcdAgentConfig.class);
    }
}
