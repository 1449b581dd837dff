package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A mistaken overlay is said to be one, before anything is applied. */
class DeployCheckIT {
    private static final String ADD_CLASS = """
            cat >>kustomization.yaml <<'END'
            patches:
              - target: {kind: StatefulSet, name: %s}
                patch: |-
                  - {op: add, path: /spec/volumeClaimTemplates/0/spec/storageClassName, value: %s}
            END
            """;

    private static Path deploy;

    @BeforeAll
    static void makeKeys(@TempDir Path folder) throws IOException {
        deploy = Manifests.copy(folder.resolve("deploy"));
        var settings = "docs/configuration.md";
        Files.createDirectory(folder.resolve("docs"));
        Files.copy(Checkout.ROOT.resolve(settings), folder.resolve(settings));
        run(deploy.resolve("overlays/try/keys.sh").toString()).good();
    }

    private static Command.Result run(String... words) {
        return Command.of(words)
                .with(Map.of(
                        "PATH",
                        Checkout.TOOL.getParent() + ":"
                                + ControlPlane.kubectlProgram().getParent() + ":" + System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home")))
                .run();
    }

    private static Command.Result check(Path overlay) {
        return run(deploy.resolve("check.sh").toString(), overlay.toString());
    }

    @Test
    void whatIsAsItShouldBeIsSaidToBe() {
        assertThat(check(deploy.resolve("overlays/try")).good().out()).startsWith("nothing wrong");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("rm secrets/s3/access-key", "secrets/s3/access-key is missing"),
                arguments(": >secrets/api/token", "key token: it is empty"),
                arguments(
                        "cp secrets/keys/identity.txt secrets/keys/chunking-key",
                        "key chunking-key: the identity belongs in no cluster"),
                arguments(
                        "cp secrets/ssh/identity secrets/keys/signing/brick-agent",
                        "Secret cluster-backup-nodes/brick-agent-keys"),
                arguments(
                        "echo rubbish >secrets/keys/signing/shipper-vault",
                        "key signing-key: not an SSH private key without a passphrase"),
                arguments("echo '  - name: vault' >>targets.yaml", "targets.yaml: target vault is named twice"),
                arguments("echo '  - name: attic' >>targets.yaml", "targets.yaml: target attic has no shipper"),
                arguments(
                        "sed -i s/TARGET_NAME=cellar/TARGET_NAME=vault/ cellar/shipper/kustomization.yaml",
                        "two shippers have target vault"),
                arguments(
                        "sed -i s/TARGET_S3_REGION/TARGET_S3_REGOIN/ vault/shipper/kustomization.yaml",
                        "CLUSTERBACKUP_TARGET_S3_REGOIN: no service has such a setting"),
                arguments(
                        "sed -i /access-key/d kustomization.yaml",
                        "ROOT_ACCESS_KEY: there is no key access-key in a Secret staging-credentials"),
                arguments(
                        "sed -i 's/- name: scheduler-keys/- name: schedulers-keys/' kustomization.yaml",
                        "there is no Secret scheduler-keys"),
                arguments(ADD_CLASS.formatted("kafka", "glusterfs-fast"), "its volume lies on the Gluster"),
                arguments(ADD_CLASS.formatted("s3-staging", "GlusterFS"), "its volume lies on the Gluster"),
                arguments(
                        "sed -i 's/part-of: cluster-backup/part-of: " + "x".repeat(64) + "/' kustomization.yaml",
                        "longer than 63 characters"),
                arguments("echo 'replicas: none' >>kustomization.yaml", "kustomize: "));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamed(String mistake, String said) {
        // Given
        var overlay = deploy.resolve("overlays/mistaken");
        Command.shell(
                        "rm -rf \"$2\"; cp -r \"$1\" \"$2\"; cd \"$2\"; eval \"$3\"",
                        deploy.resolve("overlays/try"),
                        overlay,
                        mistake)
                .run()
                .good();

        // When
        var result = check(overlay);

        // Then
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out()).contains(overlay + ": ").contains(said);
        assertThat(result.out() + result.err()).doesNotContain("AGE-SECRET-KEY");
    }
}
