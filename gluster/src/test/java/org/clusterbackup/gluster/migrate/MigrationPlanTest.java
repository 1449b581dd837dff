package org.clusterbackup.gluster.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.gluster.testing.CapturedState;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationPlanTest {
    private static final String BRICK = "vols/gv0/bricks/node2:-media-brick0-brick";
    private static final NewNames NAMES = names(Map.of("node1", "alpha", "node2", "beta"));

    private final Path root;

    MigrationPlanTest(@TempDir Path folder) throws IOException {
        root = CapturedState.copy(CapturedState.TWO_BRICKS, folder.resolve("glusterd"));
    }

    private static NewNames names(Map<String, String> hosts, BrickPath... paths) {
        return new NewNames(hosts, List.of(paths));
    }

    private static BrickPath everywhere(String from, String to) {
        return new BrickPath(Optional.empty(), from, to);
    }

    private List<String> lines(NewNames names) throws BackupException {
        return MigrationPlan.of(root, names).changes().stream()
                .map(Change::toString)
                .toList();
    }

    @Test
    void eachRewrittenLineIsSaidWithItsPlace() throws BackupException {
        assertThat(lines(NAMES))
                .contains(
                        "peers/481c6cf6-214d-4871-8598-d43b4ef49fe7:3: hostname1=node2 → hostname1=beta",
                        "vols/gv0/info:32: brick-0=node1:-media-brick0-brick → brick-0=alpha:-media-brick0-brick",
                        BRICK + ":2: hostname=node2 → hostname=beta",
                        BRICK + " → vols/gv0/bricks/beta:-media-brick0-brick",
                        "vols/gv0/bricks/node1:-media-brick0-brick:5: listen-port=58086 → listen-port=0");
    }

    /** glusterd tells by it which bricks share a file system: what it does not know counts as one. */
    @Test
    void fileSystemsAreStillTold() throws BackupException {
        assertThat(lines(NAMES)).noneMatch(line -> line.contains("brick-fsid"));
    }

    @Test
    void namesInListsOfOptionsAreRewritten() throws BackupException {
        assertThat(lines(NAMES))
                .contains("vols/gv0/info:26: auth.allow=node1,10.99.0.12,node10 → auth.allow=alpha,10.99.0.12,node10");
    }

    /** glusterd keeps a snapshot as it keeps a volume, in a folder more. */
    @Test
    void snapshotsAreRenamedAsVolumesAre() throws IOException, BackupException {
        CapturedState.copy(CapturedState.TWO_BRICKS + "/vols/gv0", root.resolve("snaps/daily/5f3a"));

        // The same bricks a second time are not what a snapshot has.
        for (var file : List.of("info", "bricks/node1:-media-brick0-brick", "bricks/node2:-media-brick0-brick")) {
            var path = root.resolve("snaps/daily/5f3a").resolve(file);
            Files.writeString(path, Files.readString(path).replace("brick0", "snap0"));
            Files.move(path, path.resolveSibling(path.getFileName().toString().replace("brick0", "snap0")));
        }

        assertThat(lines(NAMES))
                .contains(
                        "snaps/daily/5f3a/info:32: brick-0=node1:-media-snap0-brick → brick-0=alpha:-media-snap0-brick",
                        "snaps/daily/5f3a/bricks/node2:-media-snap0-brick → snaps/daily/5f3a/bricks/beta:-media-snap0-brick",
                        "snaps/daily/5f3a/cksum → deleted");
    }

    @Test
    void whatGlusterdMakesAnewGoes() throws BackupException {
        assertThat(lines(NAMES))
                .contains(
                        "vols/gv0/cksum → deleted",
                        "bitd/bitd-server.vol → deleted",
                        "vols/gv0/gv0.node1.media-brick0-brick.vol → deleted",
                        "vols/gv0/run/quota/enable/media-brick0-brick.pid → deleted")
                .doesNotContain("vols/gv0/quota.cksum → deleted")
                .noneMatch(line -> line.startsWith("hooks/") || line.startsWith("glusterd.info"));
    }

    @Test
    void dashInAPathIsNotTakenForASlash() throws BackupException {
        var lines = lines(
                names(Map.of(), everywhere("/media/brick1/d-1", "/srv/d-1"), everywhere("/media/brick1/d", "/x")));

        assertThat(lines)
                .contains(
                        "vols/dist/info:23: brick-0=node1:-media-brick1-d-1 → brick-0=node1:-srv-d-1",
                        "vols/dist/bricks/node1:-media-brick1-d-1:3: path=/media/brick1/d-1 → path=/srv/d-1",
                        "vols/dist/bricks/node1:-media-brick1-d-1:4: real_path=/media/brick1/d-1 → real_path=/srv/d-1")
                .noneMatch(line -> line.contains("d_1") && line.contains("path="));
    }

    @Test
    void realPathThatNoRuleKnowsIsTakenForTheNewPath() throws IOException, BackupException {
        replace(BRICK, "real_path=/media/brick0/brick", "real_path=/srv/disk/brick");

        assertThat(lines(names(Map.of(), everywhere("/media/brick0", "/data/b0"))))
                .contains(BRICK + ":4: real_path=/srv/disk/brick → real_path=/data/b0/brick");
    }

    @Test
    void folderBelowTheMountThatIsCalledOtherwiseIsRemarked() throws BackupException {
        var plan = MigrationPlan.of(root, names(Map.of(), everywhere("/media/brick0/brick", "/data/b0")));

        assertThat(plan.remarks()).hasSize(2).allMatch(remark -> remark.contains("mount_dir=/brick stays"));
    }

    @Test
    void serversThatKeepTheirNamesAreSaid() throws BackupException {
        assertThat(MigrationPlan.of(root, NAMES).kept()).containsExactly("node3");
    }

    @Test
    void portsAloneAreNoMigration() throws BackupException {
        assertThat(MigrationPlan.of(root, names(Map.of("elsewhere", "x"))).renames())
                .isFalse();
        assertThat(MigrationPlan.of(root, NAMES).renames()).isTrue();
    }

    @Test
    void twoServersMayBeSwapped() throws BackupException {
        assertThat(lines(names(Map.of("node1", "node2", "node2", "node1"))))
                .contains("vols/gv0/info:32: brick-0=node1:-media-brick0-brick → brick-0=node2:-media-brick0-brick")
                .contains("vols/gv0/info:33: brick-1=node2:-media-brick0-brick → brick-1=node1:-media-brick0-brick");
    }

    @Test
    void nameOfAnotherServerIsRefused() {
        assertRefused(names(Map.of("node1", "node3")), Kind.USAGE, "both node1 and node3 would be called node3");
    }

    @Test
    void placeOfAnotherBrickIsRefused() {
        var onto = names(Map.of(), everywhere("/media/brick1/d-1", "/media/brick0/brick"));

        assertRefused(onto, Kind.USAGE, "two bricks would be node1:/media/brick0/brick");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "glusterd.info",
                "peers/481c6cf6-214d-4871-8598-d43b4ef49fe7",
                "vols/gv0/info",
                BRICK,
            })
    void cutOrEmptyFileIsNamed(String file) throws IOException {
        for (var content : List.of("", "hostname=node2", "no pairs\n", "\0\0\0\n", "a".repeat(17 << 20))) {
            Files.writeString(root.resolve(file), content);

            assertRefused(NAMES, Kind.SOURCE_INCOMPLETE, file);
        }
    }

    @Test
    void brickWhoseFileIsOfAnotherIsRefused() throws IOException {
        replace(BRICK, "path=/media/brick0/brick", "path=/media/brick0/other");

        assertRefused(NAMES, Kind.SOURCE_INCOMPLETE, "is of node2:-media-brick0-other");
    }

    @Test
    void textThatIsNoUtf8IsNamed() throws IOException {
        var info = root.resolve("vols/gv0/info");
        Files.write(info, new byte[] {'x', '=', (byte) 0xff, '\n'}, StandardOpenOption.APPEND);

        assertRefused(NAMES, Kind.SOURCE_INCOMPLETE, "is not UTF-8: " + info);
    }

    @Test
    void symbolicLinkIsRefused(@TempDir Path elsewhere) throws IOException {
        // Given a state file that is a link to a file elsewhere
        var info = root.resolve("vols/gv0/info");
        Files.move(info, elsewhere.resolve("info"));
        Files.createSymbolicLink(info, elsewhere.resolve("info"));

        // When, then
        assertRefused(NAMES, Kind.SOURCE_INCOMPLETE, "has a symbolic link: " + info);
    }

    @Test
    void folderWithoutAServerIsRefused(@TempDir Path empty) {
        assertThatThrownBy(() -> MigrationPlan.of(empty, NAMES))
                .hasMessageContaining("is no state of a glusterd: it has no glusterd.info");
    }

    private void assertRefused(NewNames names, Kind kind, String message) {
        assertThatThrownBy(() -> MigrationPlan.of(root, names))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    private void replace(String file, String before, String after) throws IOException {
        var path = root.resolve(file);
        Files.writeString(path, Files.readString(path).replace(before + "\n", after + "\n"));
    }
}
