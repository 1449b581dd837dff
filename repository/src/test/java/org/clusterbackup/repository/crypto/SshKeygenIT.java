package org.clusterbackup.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, signatures and allowed signers against the real programs, both ways. */
class SshKeygenIT {
    private final Path directory;
    private final KeysDirectory keys;
    private final Path message;

    SshKeygenIT(@TempDir Path directory) throws Exception {
        this.directory = directory;
        keys = KeysDirectory.generate(directory.resolve("keys"), List.of("tape", "far.away"));
        message = Files.writeString(directory.resolve("message"), "what is signed\n");
    }

    @Test
    void sshKeygenVerifiesWhatWeSign() throws Exception {
        var signature = SigningKey.read(keys.signingKey("brick-agent")).sign(Files.readAllBytes(message));
        var file = Files.writeString(directory.resolve("message.sig"), signature);

        var result = run(message, verify("brick/gv0/0/node-a", file));

        assertThat(result).contains("Good \"clusterbackup\" signature for brick/gv0/0/node-a");
    }

    @Test
    void sshKeygenRefusesAnotherSubjectOfOurs() throws Exception {
        var signature = SigningKey.read(keys.signingKey("shipper-tape")).sign(Files.readAllBytes(message));
        var file = Files.writeString(directory.resolve("message.sig"), signature);

        var result = run(message, verify("ledger/far.away", file));

        assertThat(result).doesNotContain("Good");
    }

    @Test
    void weVerifyWhatSshKeygenSigns() throws Exception {
        run(
                message,
                "ssh-keygen",
                "-Y",
                "sign",
                "-n",
                "clusterbackup",
                "-f",
                keys.signingKey("operator").toString(),
                message.toString());
        var signature = Files.readString(directory.resolve("message.sig"));

        assertThatCode(() -> AllowedSigners.read(keys.allowedSigners())
                        .verify("repository", Files.readAllBytes(message), signature))
                .doesNotThrowAnyException();
    }

    @Test
    void weReadAKeyOfSshKeygens() throws Exception {
        var file = directory.resolve("theirs");
        run(message, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "their comment", "-f", file.toString());

        assertThat(SigningKey.read(file).publicFile()).isEqualTo(Files.readString(directory.resolve("theirs.pub")));
    }

    @Test
    void ageKnowsTheIdentity() throws Exception {
        var recipient = run(message, "age-keygen", "-y", keys.identity().toString());

        assertThat(Files.readAllLines(keys.recipients())).contains(recipient.strip());
    }

    private String[] verify(String subject, Path signature) {
        return new String[] {
            "ssh-keygen",
            "-Y",
            "verify",
            "-n",
            "clusterbackup",
            "-f",
            keys.allowedSigners().toString(),
            "-I",
            subject,
            "-s",
            signature.toString()
        };
    }

    private static String run(Path input, String... command) throws Exception {
        var process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
