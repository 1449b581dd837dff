package org.clusterbackup.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.junit.jupiter.api.Test;

class SurroundingsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final TargetName HERE = new TargetName("here");
    private static final SourceName BRICK = new SourceName("brick/gv0/0/node-a");

    private final Surroundings surroundings = new Surroundings();

    @Test
    void remembersTheReplicaSetUntilTheSourceIsRetired() {
        surroundings.apply(announced(), HERE);
        assertThat(surroundings.replicaSet(BRICK.value())).contains("gv0-0");

        surroundings.apply(new SourceRetired(BRICK.value()), HERE);
        assertThat(surroundings.replicaSet(BRICK.value())).isEmpty();
    }

    @Test
    void knowsWhyASourceFailedForGood() {
        surroundings.apply(failed(Optional.empty(), true), HERE);

        assertThat(surroundings.reasons("run-1")).containsEntry(BRICK, "dump: the brick is not mounted");
        assertThat(surroundings.reasons("run-2")).isEmpty();
    }

    @Test
    void aRetryIsNoReason() {
        surroundings.apply(failed(Optional.empty(), false), HERE);

        assertThat(surroundings.reasons("run-1")).isEmpty();
    }

    @Test
    void anotherTargetsFailureIsNotOurs() {
        surroundings.apply(failed(Optional.of("elsewhere"), true), HERE);

        assertThat(surroundings.reasons("run-1")).isEmpty();
    }

    private static SourceAnnounced announced() {
        return new SourceAnnounced(
                BRICK.value(),
                "brick",
                Optional.of("node-a"),
                Optional.of("gv0"),
                Optional.of(0L),
                Optional.of("gv0-0"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                NOW);
    }

    private static BackupFailed failed(Optional<String> target, boolean ended) {
        return new BackupFailed(
                BRICK.value(),
                Optional.of("run-1"),
                "dump",
                target,
                "target-unfit",
                "the brick is not mounted",
                ended,
                NOW);
    }
}
