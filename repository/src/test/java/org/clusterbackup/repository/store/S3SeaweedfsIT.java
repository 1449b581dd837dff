package org.clusterbackup.repository.store;

import java.nio.file.Path;
import org.clusterbackup.repository.store.testing.S3Server;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3SeaweedfsIT extends S3StoreContract {
    @Override
    protected S3Server newServer(Path folder) throws Exception {
        return S3Server.seaweedfs(folder);
    }
}
