package org.clusterbackup.etcdagent;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
class FiveMembersAgentIT extends EtcdAgentContract {
    FiveMembersAgentIT(@TempDir Path folder) throws Exception {
        super(folder, 5);
    }
}
