package org.clusterbackup.brickagent.xfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final String ROOT = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw";
    private static final String BRICK =
            "99 22 253:2 / /media/brick0 rw,relatime shared:44 - xfs /dev/mapper/b0 rw,attr2";
    private static final String PART = "98 22 253:2 /brick /srv/part ro,relatime - xfs /dev/mapper/b0 rw,attr2";

    private static Path point(MountTable table, String path) {
        return table.holding(Path.of(path)).orElseThrow().point();
    }

    @Test
    void pathLiesOnTheDeepestMount() {
        var table = MountTable.parse(List.of(ROOT, BRICK));

        assertThat(point(table, "/media/brick0/brick")).isEqualTo(Path.of("/media/brick0"));
    }

    @Test
    void longerNameThatOnlyBeginsAlikeIsAnotherFolder() {
        var table = MountTable.parse(List.of(ROOT, BRICK));

        assertThat(point(table, "/media/brick01/brick")).isEqualTo(Path.of("/"));
    }

    @Test
    void laterMountHidesAnEarlierOneAtTheSamePoint() {
        var over = "100 22 0:55 / /media/brick0 rw - tmpfs tmpfs rw";

        var table = MountTable.parse(List.of(ROOT, BRICK, over));

        assertThat(table.holding(Path.of("/media/brick0/brick")).orElseThrow().type())
                .isEqualTo("tmpfs");
    }

    @Test
    void wholeFileSystemIsFoundByItsOtherMount() {
        var table = MountTable.parse(List.of(ROOT, BRICK, PART));

        var whole = table.wholeOf(table.holding(Path.of("/srv/part")).orElseThrow());

        assertThat(whole.orElseThrow().point()).isEqualTo(Path.of("/media/brick0"));
    }

    @Test
    void partOfAFileSystemAloneHasNoWhole() {
        var table = MountTable.parse(List.of(ROOT, PART));

        assertThat(table.wholeOf(table.holding(Path.of("/srv/part")).orElseThrow()))
                .isEmpty();
    }

    @Test
    void mountThatIsReadOnlyForAContainerIsNoReadOnlyFileSystem() {
        assertThat(Mount.parse(PART).readOnly()).isFalse();
    }

    @Test
    void fileSystemThatIsReadOnlyIsSaidSo() {
        assertThat(Mount.parse(BRICK.replace("rw,attr2", "ro,attr2")).readOnly())
                .isTrue();
    }

    @Test
    void blanksInAMountPointAreUnescaped() {
        assertThat(Mount.parse(BRICK.replace("/media/brick0", "/media/my\\040brick"))
                        .point())
                .isEqualTo(Path.of("/media/my brick"));
    }
}
