package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be said of the collection, and of what it applies, without a cluster. */
class CollectionIT {
    private static Path folder;
    private static Plays plays;

    @BeforeAll
    static void install(@TempDir Path temporary) throws IOException {
        folder = temporary;
        plays = Plays.installed(folder);
    }

    @Test
    void itPassesTheLintersProductionProfileWithoutAnExcuse() throws IOException {
        // Given a copy, in which the linter may leave what it likes
        var copy = folder.resolve("linted");
        Command.of("cp", "-R", Plays.SOURCE.toString(), copy.toString()).run().good();

        // When
        var linted = Command.shell(
                "cd \"$1\"; shift; exec \"$@\"",
                copy,
                plays.ansible("ansible-lint").words().getFirst(),
                "--offline");
        var result =
                linted.with(plays.ansible("ansible-lint").environment()).run().good();

        // Then
        assertThat(result.err())
                .contains("0 failure(s), 0 warning(s)")
                .contains("Profile 'production' was required, and it passed");
        var excuses = Command.of(
                        "grep", "-rniE", "noqa|skip_list|warn_list|exclude_paths|skip_ansible_lint", copy.toString())
                .run();
        assertThat(excuses.out()).isEmpty();
    }

    @Test
    void whatIsAppliedIsValidForTheOldestKubernetes() throws IOException {
        for (var overlay : Manifests.overlays()) {
            var rendered = Files.writeString(
                    folder.resolve(overlay + ".yaml"),
                    Manifests.madeUp(overlay, folder.resolve("copy-of-" + overlay))
                            .text());

            // Schemas know no field that came later
            plays.ansible("kubernetes-validate", "--strict", "-k", "1.25", rendered.toString())
                    .run()
                    .good();
        }
    }

    @Test
    void aCommandFindsAServiceThroughAPortForward() throws IOException {
        // Given what kubectl says, which cannot forward without a node
        var forwarding = kubectl("echo 'Forwarding from 127.0.0.1:4711 -> 7070'; echo $$ >\"$0.pid\"; exec sleep 600");
        var refusing = kubectl("echo 'error: no pods' >&2; exit 1");

        // When
        var called = forwarded(forwarding, "s3:http://127.0.0.1:{port}/staging", "a b");
        var refused = forwarded(refusing, "{port}");

        // Then
        assertThat(called.good().out()).isEqualTo("s3:http://127.0.0.1:4711/staging|a b|");
        var pid = Long.parseLong(Files.readString(Path.of(forwarding + ".pid")).strip());
        await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(refused.exit()).isEqualTo(17);
        assertThat(refused.err()).contains("no way to service cluster-backup/s3-staging: error: no pods");
    }

    private static Path kubectl(String script) throws IOException {
        var file = Files.writeString(Files.createTempFile(folder, "kubectl", ""), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    private static Command.Result forwarded(Path kubectl, String... words) {
        return Command.shell(
                        "script=$1 kubectl=$2; shift 2; sh \"$script\" \"$kubectl\" none cluster-backup s3-staging 7070 printf '%s|' \"$@\"",
                        Stream.concat(
                                        List.<Object>of(
                                                Plays.SOURCE.resolve("roles/cluster_backup/files/forwarded.sh"),
                                                kubectl)
                                                .stream(),
                                        List.of(words).stream())
                                .toArray())
                .run();
    }
}
