package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.clusterbackup.cli.recover.Planner;
import org.clusterbackup.cli.recover.Situations;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.Test;

/** What plans tell machines to run is understood. */
class PlannedCommandsTest {
    /** Up to what the shell makes of the line. */
    private static final Pattern COMMAND = Pattern.compile(
            "clusterbackup (.*?)(?: --kubeconfig .*| --aside .*|; } .*| \\|\\| .*| >.*)?$", Pattern.MULTILINE);

    private static final Pattern WORD = Pattern.compile("'([^']*)'|([^ ']+)");

    @Test
    void everyCommandOfEveryScenarioIsUnderstood() throws BackupException {
        var planner = new Planner(
                Situations.whole()
                        .add("etcd/main", ArtifactKind.ETCD, Optional.empty(), JsonLayout.object())
                        .add("kubernetes/main", ArtifactKind.KUBERNETES, Optional.empty(), JsonLayout.object())
                        .add("provisioner/saved", ArtifactKind.TREE, Optional.empty(), JsonLayout.object())
                        .add("provisioner/other", ArtifactKind.STREAM, Optional.empty(), JsonLayout.object())
                        .make(),
                Set.of(),
                Instant.EPOCH);
        var commands = new ArrayList<String>();
        for (var plan : List.of(
                planner.full(),
                planner.node("node-a", false),
                planner.brick("brick/gv0/0/node-a"),
                planner.files("gv0", List.of("a file", "other")),
                planner.etcd(),
                planner.kubernetes(),
                planner.migrate(Situations.elsewhere()))) {
            plan.steps().forEach(step -> step.commands()
                    .forEach(lines -> COMMAND.matcher(lines).results().forEach(found -> commands.add(found.group(1)))));
        }

        assertThat(commands).anyMatch(command -> command.startsWith("files restore gv0@"));
        assertThat(commands).anyMatch(command -> command.startsWith("restore host-state"));
        assertThat(commands).anyMatch(command -> command.startsWith("migrate scan etcd/main@"));
        assertThat(commands).anyMatch(command -> command.startsWith("migrate --regenerate"));
        for (var command : commands) {
            var words = WORD.matcher(command)
                    .results()
                    .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                    .toArray(String[]::new);
            var full = command.startsWith("restore kubernetes") ? append(words, "--kubeconfig", "file") : words;
            assertThatCode(() -> Main.commandLine(new Console(
                                    OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Map.of()))
                            .parseArgs(full))
                    .as(command)
                    .doesNotThrowAnyException();
        }
    }

    private static String[] append(String[] words, String... more) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
