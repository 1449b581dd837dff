package org.clusterbackup.kubernetes.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.repository.store.testing.Programs;
import org.clusterbackup.repository.store.testing.Server;

/** An etcd member on loopback, alone in its cluster. */
final class Etcd extends Server {
    private final Path program;
    private final Path folder;
    private final int peers;

    Etcd(Path folder) throws IOException {
        super(folder.resolve("etcd.log"), FreePorts.next());
        this.program = program();
        this.folder = folder;
        this.peers = FreePorts.next();
    }

    /** In the folder that {@code ETCD_BIN} names. */
    private static Path program() {
        return Programs.named("ETCD_BIN").resolve("etcd");
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    protected List<String> command() {
        var peer = "http://127.0.0.1:" + peers;
        return List.of(
                program.toString(),
                "--name=test",
                "--data-dir=" + folder.resolve("etcd"),
                "--unsafe-no-fsync",
                "--log-level=warn",
                "--listen-client-urls=" + url(),
                "--advertise-client-urls=" + url(),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=test=" + peer);
    }
}
