package org.clusterbackup.gluster.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.gluster.testing.CapturedState;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {
    private static final NewNames NAMES = new NewNames(
            Map.of("node1", "alpha", "node2", "beta", "node3", "gamma", "10.99.0.12", "10.98.0.12"),
            List.of(new BrickPath(Optional.empty(), "/media", "/data")));
    private static final NewNames SWAP = new NewNames(Map.of("node1", "node2", "node2", "node1"), List.of());

    private final Path folder;
    private final Path root;

    MigrationTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        root = CapturedState.copy(CapturedState.TWO_BRICKS, folder.resolve("glusterd"));
    }

    private Path migrate(NewNames names) throws BackupException {
        return new Migration(root, names).apply(MigrationPlan.of(root, names));
    }

    private static Map<String, String> contents(Path root) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private List<String> bricks(String volume) throws BackupException {
        return new GlusterStateReader(root)
                .read().volume(volume).orElseThrow().bricks().stream()
                        .map(brick -> brick.server().substring(0, 4) + " " + brick.host() + ":" + brick.path())
                        .toList();
    }

    @Test
    void bricksKeepOrderAndServerUnderTheirNewNames() throws BackupException {
        migrate(NAMES);

        assertThat(bricks("gv0")).containsExactly("2e60 alpha:/data/brick0/brick", "481c beta:/data/brick0/brick");
        assertThat(bricks("dist")).containsExactly("2e60 alpha:/data/brick1/d-1", "481c beta:/data/brick1/d_1");
    }

    @Test
    void whatIsNoNameStays() throws IOException, BackupException {
        var before = contents(root);
        migrate(NAMES);
        var after = contents(root);

        assertThat(after)
                .containsEntry("glusterd.info", before.get("glusterd.info"))
                .containsEntry("vols/gv0/quota.conf", before.get("vols/gv0/quota.conf"))
                .containsEntry("hooks/1/start/post/S50-tell", before.get("hooks/1/start/post/S50-tell"));
        assertThat(after.get("vols/gv0/info"))
                .contains("\nvolume-id=05b7d2b9-b092-4ec3-ba33-58bc6db622d6\n", "\npassword=00000000", "\nversion=6\n");
    }

    @Test
    void oldStateIsKeptAsItWas() throws IOException, BackupException {
        var before = contents(root);

        var aside = migrate(NAMES);

        assertThat(aside).isEqualTo(folder.resolve("glusterd.before-migration"));
        assertThat(contents(aside)).isEqualTo(before);
    }

    @Test
    void secondMigrationKeepsBothOldStates() throws BackupException {
        migrate(SWAP);
        var back = new NewNames(Map.of("node1", "node2", "node2", "node1", "node3", "node4"), List.of());

        assertThat(migrate(back)).isEqualTo(folder.resolve("glusterd.before-migration-2"));
        assertThat(bricks("gv0")).containsExactly("2e60 node1:/media/brick0/brick", "481c node2:/media/brick0/brick");
    }

    @Test
    void swappedNamesAreKnownToBeSwapped() throws BackupException {
        assertThat(new Migration(root, SWAP).isDone()).isFalse();

        migrate(SWAP);

        assertThat(new Migration(root, SWAP).isDone()).isTrue();
        assertThat(new Migration(root, NAMES).isDone()).isFalse();
        assertThat(bricks("gv0")).containsExactly("2e60 node2:/media/brick0/brick", "481c node1:/media/brick0/brick");
    }

    @Test
    void nothingIsLeftOfOldNamesButWhatPeopleWrote() throws BackupException {
        migrate(NAMES);

        assertThat(Leftovers.in(root, NAMES))
                .containsExactly(new Leftover(Path.of("hooks/1/start/post/S50-tell"), 2, "node1", false));
    }

    @Test
    void modesStay() throws IOException, BackupException {
        var info = root.resolve("vols/gv0/info");
        Files.setPosixFilePermissions(info, PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-x---"));

        migrate(NAMES);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(info)))
                .isEqualTo("rw-r-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void halfCopyOfAKilledRunIsMadeAnew() throws IOException, BackupException {
        // Given a run that was killed while it copied
        Files.createDirectories(folder.resolve("glusterd.migrating/vols/half"));

        // When
        migrate(NAMES);

        // Then
        assertThat(root.resolve("vols/half")).doesNotExist();
        assertThat(folder.resolve("glusterd.migrating")).doesNotExist();
    }

    @Test
    void runThatWasKilledBetweenTheTwoRenamesIsEnded() throws IOException, BackupException {
        // Given the old state aside, the new one not yet in place
        migrate(NAMES);
        Files.move(root, folder.resolve("glusterd.migrating"));
        var migration = new Migration(root, NAMES);

        // When, then
        assertThat(migration.resume()).isTrue();
        assertThat(migration.isDone()).isTrue();
        assertThat(migration.resume()).isFalse();
    }

    @Test
    void runOfOtherRulesIsNotEnded() throws IOException, BackupException {
        migrate(NAMES);
        Files.move(root, folder.resolve("glusterd.migrating"));

        assertThatThrownBy(() -> new Migration(root, SWAP).resume())
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is not of these rules");
        assertThat(root).doesNotExist();
    }

    @Test
    void failureLeavesTheOldStateInPlace() throws IOException, BackupException {
        // Given a name that is taken between the plan and its execution
        var before = contents(root);
        var plan = MigrationPlan.of(root, NAMES);
        var clash = Files.createFile(root.resolve("vols/gv0/bricks/alpha:-data-brick0-brick"));

        // When, then
        assertThatThrownBy(() -> new Migration(root, NAMES).apply(plan)).isInstanceOf(BackupException.class);
        Files.delete(clash);
        assertThat(contents(root)).isEqualTo(before);
        assertThat(folder.resolve("glusterd.migrating")).doesNotExist();
        assertThat(folder.resolve("glusterd.before-migration")).doesNotExist();
    }

    @Test
    void onlyOneAtATime() throws IOException, BackupException {
        var plan = MigrationPlan.of(root, NAMES);
        try (var other = FileChannel.open(root.resolve("glusterd.info"), StandardOpenOption.WRITE);
                var held = other.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThatThrownBy(() -> new Migration(root, NAMES).apply(plan))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY));
        }
    }

    @Test
    void previewIsWhatWouldBePutInPlace() throws IOException, BackupException {
        var preview = folder.resolve("preview");
        new Migration(root, NAMES).preview(MigrationPlan.of(root, NAMES), preview);
        var wouldBe = contents(preview);

        migrate(NAMES);

        var is = contents(root);
        is.remove(".migrated");
        assertThat(is).isEqualTo(wouldBe);
    }
}
