package org.clusterbackup.etcdagent;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class EtcdAgentIT extends EtcdAgentContract {
    EtcdAgentIT(@TempDir Path folder) throws Exception {
        super(folder, 3);
    }
}
