package org.clusterbackup.gluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.clusterbackup.gluster.testing.CapturedState;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlusterStateReaderTest {
    private final Path root;

    GlusterStateReaderTest(@TempDir Path folder) throws IOException {
        root = CapturedState.copy(CapturedState.THREE_NODES, folder.resolve("glusterd"));
    }

    private GlusterState read() throws BackupException {
        return new GlusterStateReader(root).read();
    }

    private Volume volume(String name) throws BackupException {
        return read().volume(name).orElseThrow();
    }

    @Test
    void bricksStandInTheVolumesOrderWithTheirTruePaths() throws BackupException {
        assertThat(volume("gv0").bricks())
                .extracting(brick -> brick.index() + " " + brick.host() + ":" + brick.path())
                .containsExactly(
                        "0 node-a:/bricks/r0/brick",
                        "1 node-b:/bricks/r0/brick",
                        "2 node-a:/bricks/r1/brick",
                        "3 node-b:/bricks/r1/brick");
    }

    @Test
    void dashInAPathIsNotTakenForASlash() throws BackupException {
        assertThat(volume("dist").bricks().getLast().path()).isEqualTo(Path.of("/bricks/d1/my_brick-x"));
    }

    @Test
    void ownBricksAreThoseOfTheServersUuid() throws BackupException {
        var state = read();

        var own = state.volumes().stream()
                .flatMap(volume ->
                        volume.bricks().stream().filter(state::isOwn).map(brick -> volume.name() + "/" + brick.index()))
                .toList();

        assertThat(own).containsExactly("arb/0", "ec/0", "gv0/0", "gv0/2");
    }

    @Test
    void volumeKnowsItsIdAndType() throws BackupException {
        var volume = volume("gv0");

        assertThat(volume.id()).isEqualTo(UUID.fromString("a48cbed2-64f2-4f29-9a74-ba2febc5d269"));
        assertThat(volume.typeName()).isEqualTo("Distributed-Replicate");
    }

    @Test
    void replicaSetsFollowTheReplicaCount() throws BackupException {
        var volume = volume("gv0");

        assertThat(volume.bricks()).extracting(volume::setOf).containsExactly(0, 0, 1, 1);
    }

    @Test
    void arbiterIsTheLastOfItsSet() throws BackupException {
        var volume = volume("arb");

        assertThat(volume.bricks())
                .filteredOn(volume::isArbiter)
                .extracting(Brick::index)
                .containsExactly(2);
    }

    @Test
    void fragmentsOfADispersedVolumeAreNoReplicas() throws BackupException {
        var volume = volume("ec");

        assertThat(volume.isReplicated()).isFalse();
        assertThat(volume.setSize()).isEqualTo(3);
    }

    @Test
    void bricksOfADistributedVolumeAreSetsOfOne() throws BackupException {
        var volume = volume("dist");

        assertThat(volume.typeName()).isEqualTo("Distribute");
        assertThat(volume.bricks()).extracting(volume::setOf).containsExactly(0, 1);
    }

    @Test
    void peersAreReadWithTheirNames() throws BackupException {
        assertThat(read().peers())
                .extracting(Peer::hostnames)
                .containsExactlyInAnyOrder(List.of("node-b"), List.of("node-c"));
    }

    @Test
    void nodeWithoutGlusterdHasNoBricks() throws IOException, BackupException {
        Files.delete(root.resolve("glusterd.info"));

        assertThat(read().server()).isEmpty();
        assertThat(read().volumes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "type=2\ncount=4",
                "type=2\ncount=-4\n",
                "count=2147483647\n",
                "garbage\n",
                "type=2\n",
                "\0\0\0\0\n"
            })
    void volumeWithABrokenFileIsNamedAndTheOthersAreRead(String content) throws IOException, BackupException {
        Files.writeString(root.resolve("vols/gv0/info"), content);

        var state = read();

        assertThat(state.broken()).containsOnlyKeys("volume gv0");
        assertThat(state.volumes()).extracting(Volume::name).containsExactly("arb", "dist", "ec");
    }

    @Test
    void volumeWhoseBrickFileIsMissingIsBroken() throws IOException, BackupException {
        Files.delete(root.resolve("vols/gv0/bricks/node-b:-bricks-r0-brick"));

        assertThat(read().broken().get("volume gv0")).hasMessageContaining("node-b:-bricks-r0-brick");
    }

    @Test
    void brokenFileIsNamedInTheMessage() throws IOException, BackupException {
        Files.writeString(root.resolve("vols/gv0/bricks/node-b:-bricks-r0-brick"), "hostname=node-b");

        assertThat(read().broken().get("volume gv0"))
                .hasMessageContaining("is cut")
                .hasMessageContaining("node-b:-bricks-r0-brick");
    }

    @Test
    void serverWithoutAReadableUuidIsRefused() throws IOException {
        Files.writeString(root.resolve("glusterd.info"), "");

        assertThatThrownBy(this::read).isInstanceOf(BackupException.class).hasMessageContaining("glusterd.info");
    }

    @Test
    void brickWithoutUuidBelongsToThePeerOfItsHostname() throws IOException, BackupException {
        removeUuids();

        var volume = volume("gv0");

        assertThat(volume.bricks())
                .filteredOn(read()::isOwn)
                .extracting(Brick::index)
                .containsExactly(0, 2);
    }

    @Test
    void brickWithoutUuidIsNotGuessedWhenAPeerIsBroken() throws IOException, BackupException {
        removeUuids();
        Files.writeString(root.resolve("peers/b89dc459-ad45-4c7f-a25f-4e4b05213316"), "");

        assertThat(read().volumes()).isEmpty();
    }

    private void removeUuids() throws IOException {
        try (var files = Files.walk(root.resolve("vols"))) {
            for (var file :
                    files.filter(path -> path.toString().contains("/bricks/")).toList()) {
                Files.writeString(file, Files.readString(file).replaceFirst("uuid=.*\n", ""));
            }
        }
    }
}
