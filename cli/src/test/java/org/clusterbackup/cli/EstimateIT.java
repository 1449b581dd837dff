package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real XFS with a file and one in a hole, each with Gluster's second name. */
class EstimateIT {
    private static final int MIB_BITS = 20;

    @TempDir
    Path folder = Path.of("unset");

    @BeforeEach
    void fileSystem() throws IOException {
        BrickDump.requireLoopDevices();
        BrickDump.shell(folder, """
                truncate -s 400M img && mkfs.xfs -q img && mkdir point && mount -o loop img point
                mkdir -p point/brick/.glusterfs && cd point/brick
                head -c 40M /dev/urandom >data && ln data .glusterfs/data
                truncate -s 100M holes && ln holes .glusterfs/holes
                sync -f .
                """);
    }

    @AfterEach
    void unmount() throws IOException {
        BrickDump.shell(folder, "if mountpoint -q point; then umount point; fi");
    }

    private static JsonNode place(Invocation run) throws IOException {
        assertThat(run.code()).as(run.err()).isZero();
        return new JsonMapper().readTree(run.text()).at("/places/0");
    }

    @Test
    void aMountIsEstimatedByWhatItsFileSystemSays() throws Exception {
        var point = folder.resolve("point").toString();

        var run = Invocation.of("estimate", "--place", point, "--read-rate", "10", "--output", "json");

        var dumped = Long.parseLong(
                BrickDump.shell(folder, "xfsdump -F -J -l 0 -L l -M m - \"$PWD/point\" 2>log </dev/null | wc -c")
                        .strip());
        var place = place(run);
        assertThat(place.get("type").textValue()).isEqualTo("xfs");
        assertThat(place.get("whole").booleanValue()).isTrue();
        assertThat(place.get("files").intValue()).isEqualTo(5);
        // XFS keeps some tens of MiB for itself; a hole that counted would be a hundred more.
        assertThat(place.get("usedBytes").longValue()).isBetween(dumped * 9 / 10, dumped + (100L << MIB_BITS));
    }

    @Test
    void aFolderOfItIsCountedWithItsHolesAndTheMountIsNamed() throws Exception {
        var brick = folder.resolve("point/brick").toString();

        var run = Invocation.of("estimate", "--place", brick, "--read-rate", "10", "--output", "json");

        assertThat(place(run).get("whole").booleanValue()).isFalse();
        assertThat(place(run).get("usedBytes").longValue()).isEqualTo(140L << MIB_BITS);
        assertThat(run.err()).contains("name " + folder.toAbsolutePath().resolve("point"));
    }
}
