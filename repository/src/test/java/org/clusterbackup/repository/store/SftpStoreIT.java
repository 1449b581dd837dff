package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.store.testing.SshServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** @param known of the server's keys; it has an Ed25519 one in {@code host_key} from the start */
    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa", "host_key"})
    void aServerOfSeveralHostKeysIsAskedForTheOneThatIsKnown(String known) throws Exception {
        var folder = Files.createDirectory(directory().resolve(known));
        SshServer.newKey("rsa", folder.resolve("rsa"));
        SshServer.newKey("ecdsa", folder.resolve("ecdsa"));
        try (var several =
                SshServer.start(folder, "HostKey " + folder.resolve("rsa"), "HostKey " + folder.resolve("ecdsa"))) {
            var hosts = several.knownHostsOf(folder.resolve(known + ".pub"));
            try (var store = open(several.url(directory()), several.options().withSshKnownHosts(hosts))) {
                assertThat(store.stat("a/b")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa"})
    void keysOfOtherKindsOpenTheAccountToo(String type) throws Exception {
        var folder = Files.createDirectory(directory().resolve(type));
        SshServer.newKey(type, folder.resolve("key"));
        try (var other = SshServer.start(folder)) {
            Files.copy(
                    folder.resolve("key.pub"), folder.resolve("authorized_keys"), StandardCopyOption.REPLACE_EXISTING);
            try (var store = open(other.url(directory()), other.options().withSshIdentity(folder.resolve("key")))) {
                assertThat(store.stat("a/b")).isEmpty();
            }
        }
    }
}
