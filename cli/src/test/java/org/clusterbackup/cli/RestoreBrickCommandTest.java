package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything is looked at but the manifest. */
class RestoreBrickCommandTest {
    @TempDir
    Path folder = Path.of("unset");

    private Invocation restoreOf(ObjectNode details) throws Exception {
        var world = World.make(folder.resolve("world"), "none");
        world.store(World.BRICK, ArtifactKind.BRICK, new ByteArrayInputStream(new byte[100]), details);
        return world.run("restore", "brick", World.BRICK + "@latest", "--to", folder.toString());
    }

    private static ObjectNode details() {
        return BrickDump.details("gv0", 0);
    }

    @Test
    void aDispersedVolumeIsRefusedByName() throws Exception {
        var run = restoreOf(details().put("disperseCount", 3).put("volumeType", "Disperse"));

        assertThat(run.code()).isEqualTo(Kind.TARGET_UNFIT.exitCode());
        assertThat(run.err()).contains("volume gv0 is dispersed", "hint: 'clusterbackup cat'");
    }

    @Test
    void soIsAnyWhoseTypeSaysSo() throws Exception {
        var run = restoreOf(details().put("volumeType", "Distributed-Disperse"));

        assertThat(run.code()).isEqualTo(Kind.TARGET_UNFIT.exitCode());
        assertThat(run.err()).contains("volume gv0 is dispersed");
    }

    @Test
    void anArbiterHoldsNothingToRestore() throws Exception {
        var run =
                restoreOf(details().put("brickIndex", 2).put("replicaCount", 3).put("arbiterCount", 1));

        assertThat(run.code()).isEqualTo(Kind.TARGET_UNFIT.exitCode());
        assertThat(run.err()).contains(World.BRICK, "of an arbiter", "reset-brick");
    }

    @Test
    void otherBricksOfItsSetAreRestored() throws Exception {
        var run =
                restoreOf(details().put("brickIndex", 1).put("replicaCount", 3).put("arbiterCount", 1));

        assertThat(List.of(run.err())).allMatch(text -> !text.contains("arbiter"));
        assertThat(run.err()).contains("is not a mount point").doesNotContain("dispersed", "arbiter");
    }
}
