package org.clusterbackup.repository.store;

import java.nio.file.Path;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.testing.DiskFaults;
import org.clusterbackup.repository.store.testing.S3Server;
import org.clusterbackup.repository.store.testing.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3VersitygwIT extends S3StoreContract {
    @Override
    protected S3Server newServer(Path folder) throws Exception {
        return S3Server.versitygw(folder);
    }

    @Test
    void aFullDiskIsSaidAndHarmless(@TempDir Path folder) throws Exception {
        try (var disk = SmallDisk.mount(folder);
                var small = S3Server.versitygw(folder, disk.folder())) {
            Stores.prepare(small.url("bucket"), small.options());
            try (var store = open(small.url("bucket"), small.options())) {
                DiskFaults.assertFullIsSaidAndHarmless(store);
            }
            small.kill();
        }
    }

    @Test
    void aPrivateCertificateIsRefusedUnlessItsAuthorityIsGiven(@TempDir Path folder) throws Exception {
        var certificate = folder.resolve("cert.pem");
        try (var tls = S3Server.versitygwWithTls(folder, certificate)) {
            var trusting = tls.options().withCaFile(certificate);
            Stores.prepare(tls.url("bucket"), trusting);
            try (var store = open(tls.url("bucket"), trusting);
                    var distrustful = open(tls.url("bucket"), tls.options())) {
                store.create("a/b", Body.of("x"));

                assertKind(Kind.NOT_PERMITTED, () -> distrustful.stat("a/b"));
            }
        }
    }
}
