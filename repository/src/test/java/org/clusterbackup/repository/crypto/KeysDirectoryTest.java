package org.clusterbackup.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysDirectoryTest {
    private final Path directory;

    KeysDirectoryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void holdsEveryFileAndKeepsSecretsToTheOwner() throws Exception {
        var keys = KeysDirectory.generate(directory.resolve("new/keys"), List.of("tape"));

        assertThat(Files.readString(keys.identity()))
                .matches("# created: [0-9TZ:-]+\n# public key: age1[0-9a-z]{58}\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n");
        assertThat(Files.readString(keys.chunkingKey())).matches("[0-9a-f]{64}\n");
        assertThat(Files.readAllLines(keys.allowedSigners())).hasSize(7);
        for (var secret : List.of(
                keys.identity(), keys.chunkingKey(), keys.signingKey("operator"), keys.signingKey("shipper-tape"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void neverOverwrites() throws Exception {
        var existing = Files.createDirectory(directory.resolve("keys"));
        Files.writeString(existing.resolve("identity.txt"), "precious");

        assertThatThrownBy(() -> KeysDirectory.generate(existing, List.of()))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("never overwritten");
        assertThat(Files.readString(existing.resolve("identity.txt"))).isEqualTo("precious");
    }

    @Test
    void leavesNothingBesideIt() throws Exception {
        KeysDirectory.generate(directory.resolve("keys"), List.of());

        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("keys"));
        }
    }
}
