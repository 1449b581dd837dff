package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.clusterbackup.repository.store.testing.SshServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Against a real OpenSSH server whose account may do nothing but SFTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SftpOnlyStoreIT extends SftpStoreContract {
    @Override
    protected SshServer newServer(Path folder) throws Exception {
        return SshServer.start(folder, "ForceCommand internal-sftp", "AllowTcpForwarding no");
    }

    @Test
    void digestsAreReadBack() {
        assertThat(store().digestsAtFarSide()).isFalse();
    }
}
