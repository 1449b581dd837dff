package org.clusterbackup.repository.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.ledger.RecoveryPoint.Status;
import org.clusterbackup.repository.ledger.RunAtTarget.Expected;
import org.junit.jupiter.api.Test;

class RunAtTargetTest {
    private static final List<Expected> EXPECTED = List.of(
            new Expected(new SourceName("brick/gv0/0/a"), Optional.of("gv0/0"), Instant.EPOCH),
            new Expected(new SourceName("brick/gv0/1/b"), Optional.of("gv0/0"), Instant.EPOCH),
            new Expected(new SourceName("host/a"), Optional.empty(), Instant.EPOCH),
            new Expected(new SourceName("host/b"), Optional.empty(), Instant.EPOCH));

    @Test
    void allOfThisRunIsComplete() {
        assertThat(point(false, "brick/gv0/0/a now", "brick/gv0/1/b now", "host/a now", "host/b now"))
                .returns(Status.COMPLETE, RecoveryPoint::status)
                .satisfies(p -> assertThat(p.missing()).isEmpty());
    }

    @Test
    void oneReplicaIsCompleteOnlyWhereOneWasWanted() {
        assertThat(point(true, "brick/gv0/0/a now", "host/a now", "host/b now").status())
                .isEqualTo(Status.COMPLETE);
        assertThat(point(false, "brick/gv0/0/a now", "host/a now", "host/b now").status())
                .isEqualTo(Status.DEGRADED);
    }

    @Test
    void aDeadNodeWhoseStateIsKnownFromBeforeOnlyDegrades() {
        assertThat(point(false, "brick/gv0/0/a now", "brick/gv0/1/b old", "host/a now", "host/b old"))
                .returns(Status.DEGRADED, RecoveryPoint::status)
                .satisfies(p -> assertThat(p.missing()).hasSize(2));
    }

    @Test
    void aSourceThatNeverStoodThereMakesItPartial() {
        assertThat(point(false, "brick/gv0/0/a now", "brick/gv0/1/b now", "host/a now")
                        .status())
                .isEqualTo(Status.PARTIAL);
    }

    @Test
    void aReplicaSetWithoutAStreamOfThisRunMakesItPartial() {
        assertThat(point(true, "brick/gv0/0/a old", "host/a now", "host/b now").status())
                .isEqualTo(Status.PARTIAL);
    }

    @Test
    void anArtifactWithoutRunCountsAsOfThisOne() {
        assertThat(point(true, "brick/gv0/0/a now", "host/a now", "host/b -").status())
                .isEqualTo(Status.COMPLETE);
    }

    @Test
    void anArtifactThatIsTooOldOnlyDegrades() {
        var source = new SourceName("provisioner/main");
        var standing = new RecoveryPoint.Standing(
                source,
                new ArtifactId("20261122T010203004Z-0a0b0c0d"),
                Optional.empty(),
                Instant.EPOCH,
                Sha256.of(new byte[0]),
                Proof.READ_BACK,
                Instant.EPOCH);

        var point = new RunAtTarget("now", false)
                .recoveryPoint(
                        List.of(new Expected(source, Optional.empty(), Instant.EPOCH.plusSeconds(1))),
                        List.of(standing),
                        Map.of(),
                        List.of());

        assertThat(point.status()).isEqualTo(Status.DEGRADED);
        assertThat(point.missing()).singleElement().asString().contains("begun before 1970-01-01T00:00:01Z");
    }

    @Test
    void noteThatDegradesDoesSoWithNothingMissingAndNeverMakesAPartialOneBetter() {
        assertThat(noted(true, "host/a").status()).isEqualTo(Status.DEGRADED);
        assertThat(noted(false, "host/a").status()).isEqualTo(Status.COMPLETE);
        assertThat(noted(true).status()).isEqualTo(Status.PARTIAL);
    }

    private static RecoveryPoint noted(boolean degrades, String... standing) {
        var host = new SourceName("host/a");
        return new RunAtTarget("now", false)
                .recoveryPoint(
                        List.of(new Expected(host, Optional.empty(), Instant.EPOCH)),
                        List.of(standing).stream()
                                .map(source -> standing(source, "now"))
                                .toList(),
                        Map.of(),
                        List.of(new RecoveryPoint.Note(host, degrades, "it is so")));
    }

    private static RecoveryPoint.Standing standing(String source, String run) {
        return new RecoveryPoint.Standing(
                new SourceName(source),
                new ArtifactId("20261122T010203004Z-0a0b0c0d"),
                Optional.of(run).filter(name -> !name.equals("-")),
                Instant.EPOCH,
                Sha256.of(new byte[0]),
                Proof.READ_BACK,
                Instant.EPOCH);
    }

    private static RecoveryPoint point(boolean oneReplica, String... standing) {
        var there = List.of(standing).stream()
                .map(text -> text.split(" "))
                .map(parts -> standing(parts[0], parts[1]))
                .toList();
        return new RunAtTarget("now", oneReplica).recoveryPoint(EXPECTED, there, Map.of(), List.of());
    }
}
