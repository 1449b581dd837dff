package org.clusterbackup.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {
    private static final byte[] MESSAGE = "{\n  \"format\": 1\n}\n".getBytes(StandardCharsets.UTF_8);
    private final SigningKey key = SigningKey.generate("test");

    @Test
    void whatAKeySignedItsSubjectVerifies() {
        assertThatCode(() -> allowing("brick/*,host/*", "").verify("brick/gv0/0/a", MESSAGE, key.sign(MESSAGE)))
                .doesNotThrowAnyException();
    }

    @Test
    void everyFlippedByteOfASignatureIsRefused() throws BackupException {
        var signers = allowing("*", "");
        var armored = key.sign(MESSAGE).getBytes(StandardCharsets.ISO_8859_1);
        for (var i = 0; i < armored.length; i++) {
            for (var bit = 0; bit < 8; bit++) {
                var flipped = armored.clone();
                flipped[i] ^= (byte) (1 << bit);
                assertRefused(signers, "repository", MESSAGE, new String(flipped, StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void aSignatureCutAnywhereOrLengthenedIsRefused() throws BackupException {
        var signers = allowing("*", "");
        var armored = key.sign(MESSAGE);
        for (var i = 0; i < armored.length(); i++) {
            assertRefused(signers, "repository", MESSAGE, armored.substring(0, i));
        }
        assertRefused(signers, "repository", MESSAGE, armored + "\n");
    }

    @Test
    void everyFlippedByteOfTheMessageIsRefused() throws BackupException {
        var signers = allowing("*", "");
        var armored = key.sign(MESSAGE);
        for (var i = 0; i < MESSAGE.length; i++) {
            var flipped = MESSAGE.clone();
            flipped[i] ^= 1;
            assertRefused(signers, "repository", flipped, armored);
        }
    }

    @Test
    void aSignerMaySignOnlyForItsSubjects() throws BackupException {
        var signers = allowing("brick/*,host/*", "");
        assertThatThrownBy(() -> signers.verify("etcd/main", MESSAGE, key.sign(MESSAGE)))
                .hasMessageContaining("etcd/main")
                .hasMessageContaining("may only sign for brick/*,host/*");
    }

    @Test
    void anUnknownSignerIsNamed() throws BackupException {
        var signers = allowing("*", "");
        var stranger = SigningKey.generate("stranger");
        assertThatThrownBy(() -> signers.verify("repository", MESSAGE, stranger.sign(MESSAGE)))
                .hasMessageContaining("signer is unknown")
                .hasMessageContaining(stranger.publicKey());
    }

    @Test
    void aKeyIsBelievedOnlyInItsNamespaceAndTime() throws BackupException {
        var day = DateTimeFormatter.ofPattern("uuuuMMdd");
        var yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(2).format(day) + "Z";
        var tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(2).format(day) + "Z";

        allowing(
                        "*",
                        "namespaces=\"git,clusterbackup\",valid-after=\"" + yesterday + "\",valid-before=\"" + tomorrow
                                + "\"")
                .verify("repository", MESSAGE, key.sign(MESSAGE));
        assertRefused(allowing("*", "namespaces=\"git\""), "repository", MESSAGE, key.sign(MESSAGE));
        assertRefused(allowing("*", "valid-after=\"" + tomorrow + "\""), "repository", MESSAGE, key.sign(MESSAGE));
        assertRefused(allowing("*", "valid-before=\"" + yesterday + "\""), "repository", MESSAGE, key.sign(MESSAGE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* cert-authority KEY",
                "* namespaces=\"clusterbackup\",cert-authority KEY",
                "* no-touch-required KEY",
                "* namespaces=clusterbackup KEY",
                "* namespaces=\"a\",namespaces=\"b\" KEY",
                "* valid-after=\"20261301\" KEY",
                "* valid-after=\"soon\" KEY",
                "!etcd/* KEY",
                "brick/? KEY",
                "\"a b\" KEY",
                ", KEY",
                "KEY",
                "* ssh-ed25519 AAAA",
                "* ssh-ed25519 %%%",
                "* ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ",
                "* sk-ssh-ed25519@openssh.com AAAA",
                "garbage",
            })
    void oneLineThatIsNotUnderstoodRefusesTheFile(String line) {
        var text = "# comment\n\n" + "* " + key.publicKey() + "\n" + line.replace("KEY", key.publicKey()) + "\n";
        assertThatThrownBy(() -> AllowedSigners.parse("allowed_signers", text))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("allowed_signers line 4");
    }

    @Test
    void aKeyComesBackFromItsFile(@TempDir Path directory) throws Exception {
        var file = directory.resolve("key");
        Files.writeString(file, key.privateFile());

        var read = SigningKey.read(file);

        assertThat(read.sign(MESSAGE)).isEqualTo(key.sign(MESSAGE));
        assertThat(read.publicFile()).isEqualTo(key.publicFile());
    }

    @Test
    void aDamagedKeyFileNeverGivesAnotherKey(@TempDir Path directory) throws Exception {
        var file = directory.resolve("key");
        var whole = key.privateFile().getBytes(StandardCharsets.ISO_8859_1);
        for (var i = 0; i < whole.length; i++) {
            var flipped = whole.clone();
            flipped[i] ^= 2;
            Files.write(file, flipped);
            try {
                assertThat(SigningKey.read(file).publicKey()).isEqualTo(key.publicKey());
            } catch (BackupException e) {
                assertThat(e).hasMessageContaining(file.toString());
            }
        }
    }

    private AllowedSigners allowing(String patterns, String options) throws BackupException {
        return AllowedSigners.parse("test", patterns + " " + options + " " + key.publicKey() + " a comment\n");
    }

    private static void assertRefused(AllowedSigners signers, String subject, byte[] message, String armored) {
        assertThatThrownBy(() -> signers.verify(subject, message, armored))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SIGNATURE))
                .hasMessageContaining(subject);
    }
}
