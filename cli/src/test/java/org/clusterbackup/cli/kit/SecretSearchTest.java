package org.clusterbackup.cli.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSearchTest {
    private static final int WINDOW = 1 << 20;

    private static Optional<String> in(byte[] bytes) throws IOException {
        return SecretSearch.in(new ByteArrayInputStream(bytes));
    }

    private static Optional<String> in(String text) throws IOException {
        return in(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void theKeysThatWeMakeAreFoundWhereverTheyStand(@TempDir Path folder) throws Exception {
        var keys = KeysDirectory.generate(folder.resolve("keys"), List.of());
        var identity = Files.readAllBytes(keys.identity());
        var signing = Files.readAllBytes(keys.signingKey("operator"));

        assertThat(in(identity)).contains("an age identity");
        assertThat(in(signing)).contains("a private key");
        assertThat(in(Files.readAllBytes(keys.recipients()))).isEmpty();
        assertThat(in(Files.readAllBytes(keys.allowedSigners()))).isEmpty();
        for (var key : List.of(identity, signing)) {
            for (var before : new int[] {0, 1, WINDOW - 30, WINDOW - key.length, WINDOW, 2 * WINDOW + 77}) {
                var bytes = new byte[before + key.length + 100];
                new Random(before).nextBytes(bytes);
                bytes[0] = 0;
                System.arraycopy(key, 0, bytes, before, key.length);
                assertThat(in(bytes)).as("after %s bytes", before).isPresent();
                assertThat(in(packed(bytes)))
                        .as("packed, after %s bytes", before)
                        .isPresent();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF",
                "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED",
                "key: |\n    -----BEGIN EC PRIVATE KEY-----\n    MIIEvQIBADANBgkqhkiG9w0BAQEF",
                "{\"key\":\"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEF\"}",
                "PuTTY-User-Key-File-3: ssh-ed25519",
                "apiVersion: v1\nkind: Secret\ndata:\n  a: Yg==\n",
                "stringData: {a: b}\nkind: \"Secret\"",
                "{\"kind\":\"Secret\",\"data\":{\"a\":\"Yg==\"}}",
                "{\"data\":{\"a\":\"Yg==\"},\"kind\":\"Secret\"}",
            })
    void otherPeoplesAreFound(String text) throws IOException {
        assertThat(in(text)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "begin with -----BEGIN OPENSSH PRIVATE KEY-----\nand then the key",
                "the line that begins with AGE-SECRET-KEY-1",
                "kind: SecretStore\ndata: x",
                "kind: Secret\nmetadata: {name: a}\n",
                "secretName: keys\ndata: x",
                "-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF",
            })
    void whatOnlySpeaksOfThemIsNone(String text) throws IOException {
        assertThat(in(text)).isEmpty();
        assertThat(in(packed(text.getBytes(StandardCharsets.UTF_8)))).isEmpty();
    }

    /** They know how keys begin. */
    @Test
    void ourOwnClassesAreNone() throws IOException {
        var name = "/" + SigningKey.class.getName().replace('.', '/') + ".class";
        try (var in = SigningKey.class.getResourceAsStream(name)) {
            assertThat(in).isNotNull();
            assertThat(SecretSearch.in(in)).isEmpty();
        }
    }
}
