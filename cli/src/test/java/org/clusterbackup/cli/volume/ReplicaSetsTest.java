package org.clusterbackup.cli.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.crypto.Encryption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaSetsTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    /** A brick of a volume of two sets of two, dumped so many minutes after noon. */
    private static ObjectNode brick(int index, long heals) {
        return of(
                4,
                JsonLayout.object()
                        .put("volumeId", "id-1")
                        .put("brickIndex", index)
                        .put("replicaCount", 2)
                        .put("volumeType", "Distributed-Replicate")
                        .put("pendingHeals", heals));
    }

    /** In a volume of so many bricks. */
    private static ObjectNode of(int bricks, ObjectNode details) {
        var all = details.putArray("bricks");
        for (var index = 0; index < bricks; index++) {
            all.addObject();
        }
        return details;
    }

    private static Manifest dump(ObjectNode details, int minute, String run) {
        var started = NOON.plusSeconds(60L * minute);
        var source = SourceName.of("brick", "gv0", details.path("brickIndex").asText(), "node");
        var none = Sha256.of(new byte[0]);
        return new Manifest(
                "repository",
                new ArtifactRef(source, ArtifactId.at(started, new Random(minute))),
                run.isEmpty() ? Optional.empty() : Optional.of(run),
                new Origin(ArtifactKind.BRICK, Optional.empty(), new Tool("xfsdump", "3"), List.of(), details),
                "test",
                started,
                started,
                1,
                1,
                1,
                Optional.empty(),
                1,
                Encryption.NONE,
                none,
                none,
                Optional.empty());
    }

    private static ReplicaSets choose(Manifest... manifests) throws BackupException {
        return ReplicaSets.choose("gv0", List.of(manifests));
    }

    private static Map<Integer, Long> minutes(ReplicaSets sets) {
        return sets.chosen().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        chosen -> (chosen.getValue().started().getEpochSecond() - NOON.getEpochSecond()) / 60));
    }

    @Test
    void eachSetIsStoodForByItsNewestRun() throws BackupException {
        var sets = choose(
                dump(brick(0, 0), 1, "old"),
                dump(brick(1, 0), 11, "new"),
                dump(brick(2, 0), 12, "new"),
                dump(brick(3, 9), 3, "old"));

        assertThat(minutes(sets)).isEqualTo(Map.of(0, 11L, 1, 12L));
        assertThat(sets.missing()).isEmpty();
        assertThat(sets.ofOneRun()).isTrue();
    }

    @Test
    void ofARunsReplicasTheOneThatOthersAreToHealFrom() throws BackupException {
        // Given a brick that was away, which notes nothing, and its partner
        var sets = choose(
                dump(brick(0, 5), 1, "run"),
                dump(brick(1, 0), 2, "run"),
                dump(brick(2, 0), 1, "run"),
                dump(brick(3, 0), 2, "run"));

        assertThat(minutes(sets)).isEqualTo(Map.of(0, 1L, 1, 1L));
    }

    @Test
    void anArbiterNeverStandsForItsSet() throws BackupException {
        var sets = choose(
                dump(brick(0, 0), 1, "run"),
                dump(brick(1, 7).put("arbiterCount", 1), 2, "run"),
                dump(brick(2, 0), 2, "run"));

        assertThat(minutes(sets)).isEqualTo(Map.of(0, 1L, 1, 2L));
    }

    @Test
    void aSetWithoutADumpIsNamed() throws BackupException {
        assertThat(choose(dump(brick(2, 0), 1, "run")).missing()).isEqualTo(Set.of(0));
        assertThat(choose(dump(brick(0, 0), 1, "run"), dump(brick(3, 0).put("arbiterCount", 1), 1, "run"))
                        .missing())
                .isEqualTo(Set.of(1));
    }

    @Test
    void bricksOfAnEarlierVolumeOfThatNameAndThoseThatWereTakenAwayDoNotCount() throws BackupException {
        var sets = choose(
                dump(of(2, brick(0, 0)), 20, "new"),
                dump(brick(2, 0), 5, "old"),
                dump(brick(1, 0).put("volumeId", "id-0"), 6, "old"));

        assertThat(minutes(sets)).isEqualTo(Map.of(0, 20L));
        assertThat(sets.missing()).isEmpty();
    }

    @Test
    void dumpsOfSeveralRunsAreToldFromThoseOfOne() throws BackupException {
        assertThat(choose(dump(brick(0, 0), 1, "a"), dump(brick(2, 0), 2, "b")).ofOneRun())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Disperse", "Distributed-Disperse", "Stripe", "Striped-Replicate", "type 9", ""})
    void aVolumeWhoseBricksHoldFragmentsIsRefusedByName(String type) {
        assertThatThrownBy(() -> choose(dump(brick(0, 0).put("volumeType", type), 1, "run")))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .hasMessageContaining("gv0");
    }

    @Test
    void aDistributedVolumeNeedsEachBrick() throws BackupException {
        var manifests = Stream.of(0, 1, 2)
                .map(index -> dump(
                        of(3, brick(index, 0).put("replicaCount", 1).put("volumeType", "Distribute")), index, "run"))
                .toArray(Manifest[]::new);

        assertThat(choose(manifests).chosen()).containsOnlyKeys(0, 1, 2);
    }
}
