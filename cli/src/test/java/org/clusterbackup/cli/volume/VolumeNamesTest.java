package org.clusterbackup.cli.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.cli.dump.DumpNames;
import org.clusterbackup.cli.dump.MadeDump;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeNamesTest {
    private static final ObjectNode ROOT =
            JsonLayout.object().put("mountPoint", "/m").put("brickPath", "/m");

    @TempDir
    Path spool = Path.of("unset");

    private final VolumeNames names = new VolumeNames("gv0", path -> true);

    private static MadeDump dump() throws Exception {
        return new MadeDump().header(3, 1, 1);
    }

    private void add(int set, ObjectNode details, MadeDump dump) throws Exception {
        dump.file(4, 0, 0);
        try (var read = DumpNames.read(new ByteArrayInputStream(dump.bytes()), spool)) {
            names.add(set, details, read);
        }
    }

    private static VolumePath path(String text) throws BackupException {
        return VolumePath.parse(text);
    }

    @Test
    void whatIsGlustersOwnIsNoName() throws Exception {
        add(
                0,
                ROOT,
                dump().folder(1, 2, ".glusterfs", 3, ".trashcan", 4, ".glusterfs-anonymous-inode-5", 5, ".glusterfsx")
                        .folder(2, 6, "a")
                        .folder(3)
                        .folder(4));

        assertThat(names.all()).containsOnlyKeys(".glusterfsx");
    }

    @Test
    void theSameNameOfTwoSetsIsOne() throws Exception {
        // Given a folder of both sets, a file with its note in the other, and one of each
        add(0, ROOT, dump().folder(1, 2, "d", 3, "moved", 4, "a").folder(2));
        add(1, ROOT, dump().folder(1, 2, "d", 3, "moved", 4, "b").folder(2));

        // Then
        assertThat(names.all()).containsOnlyKeys("a", "b", "d", "moved");
        assertThat(names.topsOf(0, List.of(path("moved"), path("b")))).containsExactly("moved");
        assertThat(names.topsOf(1, List.of(path("moved"), path("b")))).containsExactly("b", "moved");
    }

    @Test
    void nothingIsAskedForTwice() throws Exception {
        add(0, ROOT, dump().folder(1, 2, "d", 3, "d x").folder(2, 4, "e", 5, "f"));

        assertThat(names.topsOf(0, List.of(path("d/e"), path("d"), path("d x"))))
                .containsExactly("d", "d x");
        assertThat(names.topsOf(0, List.of(path("/")))).containsExactly("d", "d x");
    }

    @Test
    void pathsLieBelowTheBrick() throws Exception {
        var details = JsonLayout.object().put("mountPoint", "/m").put("brickPath", "/m/b/\u00f6");
        add(0, details, dump().folder(1, 2, "b").folder(2, 3, "\u00c3\u00b6").folder(3, 4, "f"));

        assertThat(names.all()).containsOnlyKeys("f");
        assertThat(VolumeNames.inDump(details, List.of("f"))).containsExactly("b/\u00c3\u00b6/f");
        assertThat(VolumeNames.inDump(ROOT, List.of("f"))).containsExactly("f");
    }

    @Test
    void aShardedVolumeIsRefusedByName() {
        assertThatThrownBy(() -> add(0, ROOT, dump().folder(1, 2, ".shard").folder(2, 3, "gfid.1")))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .hasMessageContaining("gv0");
    }

    @Test
    void aVolumeThatCouldShardIsNone() throws Exception {
        add(
                0,
                ROOT,
                dump().folder(1, 2, ".shard", 4, "f").folder(2, 3, ".remove_me").folder(3));

        assertThat(names.all()).containsOnlyKeys("f");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/../b", "a/..", "\\z", "a\ufffd"})
    void aPathThatCannotBeMeantIsMisuse(String text) {
        assertThatThrownBy(() -> VolumePath.parse(text))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE));
    }

    @Test
    void aPathIsRelativeToTheMountHoweverItIsTyped() throws BackupException {
        assertThat(path("//a/./b/").raw()).isEqualTo("a/b");
        assertThat(path("/").raw()).isEmpty();
        assertThat(path("a\\\\\\xff").raw()).isEqualTo("a\\\u00ff");
    }
}
