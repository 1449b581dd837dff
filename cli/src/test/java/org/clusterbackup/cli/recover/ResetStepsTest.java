package org.clusterbackup.cli.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Taking a brick out and putting it in, begun again after a kill: answers are those of GlusterFS 10.3. */
class ResetStepsTest {
    private static final String OUT = "reset-node-b-gv0-1";
    private static final String IN = "commit-node-b-gv0-1";
    private static final String GOOD = "0 volume reset-brick: success: reset-brick operation successful";
    private static final String BUSY =
            "1 volume reset-brick: failed: Another transaction is in progress. Please try again after some time.";
    private static final String RUNS =
            "1 volume reset-brick: failed: Pre Validation failed on node-b. Source brick must"
                    + " be stopped. Please use gluster volume reset-brick <volname> <dst-brick> start.";

    private static final String GLUSTER = """
            #!/bin/sh
            case "$*" in *" status "*) echo "Online               : $(cat FOLDER/online)"; exit ;; esac
            echo "$*" >>FOLDER/calls
            answer=$(head -n 1 FOLDER/answers)
            sed -i 1d FOLDER/answers
            echo "${answer#* }" >&2
            exit "${answer%% *}"
            """;

    @TempDir
    Path folder = Path.of("unset");

    private record Ended(int code, String said) {}

    @BeforeEach
    void gluster() throws IOException {
        var program = folder.resolve("gluster");
        Files.writeString(program, GLUSTER.replace("FOLDER", folder.toString()));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.createFile(folder.resolve("calls"));
        Files.writeString(folder.resolve("online"), "N");
    }

    private Ended run(String step, String... answers) throws Exception {
        Files.write(folder.resolve("answers"), List.of(answers));
        var commands = new Planner(Situations.whole().make(), Set.of(), Situations.BEGUN)
                .node("node-b", false).steps().stream()
                        .filter(one -> one.id().equals(step))
                        .findFirst()
                        .orElseThrow()
                        .commands();
        var builder = new ProcessBuilder("sh", "-euc", String.join("\n", commands)).redirectErrorStream(true);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    @Test
    void aTransactionThatAKilledOneLeftIsWaitedFor() throws Exception {
        for (var step : List.of(OUT, IN, "volume-gv0")) {
            Files.writeString(folder.resolve("calls"), "");

            assertThat(run(step, BUSY, BUSY, GOOD).code()).as(step).isZero();

            assertThat(calls()).hasSize(3).allMatch(call -> call.contains(" gv0 "));
        }
    }

    @Test
    void whatIsInAlreadyIsNotPutInAgain() throws Exception {
        // Its status does not show it yet
        assertThat(run(IN, RUNS).code()).isZero();
        assertThat(calls()).hasSize(1);

        Files.writeString(folder.resolve("online"), "Y");
        assertThat(run(IN).code()).isZero();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void anyOtherAnswerEndsTheStepAndIsSaid() throws Exception {
        var other = "volume reset-brick: failed: Volume gv0 does not exist";
        for (var step : List.of(OUT, IN)) {
            var ended = run(step, "1 " + other, GOOD);

            assertThat(ended.code()).as(step).isEqualTo(1);
            assertThat(ended.said()).contains(other);
        }
        assertThat(run(OUT, RUNS).code()).isEqualTo(1);
        assertThat(calls()).hasSize(3);
    }
}
