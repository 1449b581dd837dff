package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.store.testing.SshServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Against a real OpenSSH server whose account may run commands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SftpStoreIT extends SftpStoreContract {
    @Override
    protected SshServer newServer(Path folder) throws Exception {
        return SshServer.start(folder);
    }

    @Test
    void digestsAreComputedAtTheFarSide() {
        assertThat(store().digestsAtFarSide()).isTrue();
    }

    @Test
    void aRootThatNeedsQuotingIsQuoted() throws Exception {
        var odd = Files.createDirectory(directory().resolve("it's $(touch pwned) & more"));
        try (var store = new SftpStore(
                new StoreUrl.Sftp(
                        Optional.of(System.getProperty("user.name")), "127.0.0.1", server().port(), odd.toString()),
                server().options())) {
            store.create("a/b", Body.of("x"));

            assertThat(store.digests(List.of("a/b")).getFirst()).isPresent();
        }
        assertThat(Path.of("pwned")).doesNotExist();
    }
}
