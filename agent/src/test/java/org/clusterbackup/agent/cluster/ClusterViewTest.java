package org.clusterbackup.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String SOURCE = "brick/gv0/0/node-a";
    private static final String ARTIFACT = "20261122T120000000Z-01234567";

    private final ClusterView view =
            new ClusterView(ready -> ready.node().filter("node-a"::equals).isPresent(), Duration.ofMinutes(10));

    private static ArtifactReady ready(String node) {
        return new ArtifactReady(
                SOURCE,
                ARTIFACT,
                Optional.of("nightly-1"),
                Optional.of(node),
                Optional.of("gv0/0"),
                "0".repeat(64),
                NOW,
                NOW,
                1,
                1,
                1);
    }

    private static SourceAnnounced announced() {
        return new SourceAnnounced(
                SOURCE,
                "brick",
                Optional.of("node-a"),
                Optional.of("gv0"),
                Optional.of(0L),
                Optional.of("gv0/0"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                NOW);
    }

    private static BackupFailed failed(Optional<String> target, boolean ended) {
        return new BackupFailed(SOURCE, Optional.of("nightly-1"), "dump", target, "failed", "x", ended, NOW);
    }

    @Test
    void ownArtifactIsRememberedAsAnnounced() {
        view.apply(ready("node-a"), NOW);

        assertThat(view.isAnnounced(SOURCE, ARTIFACT)).isTrue();
    }

    @Test
    void artifactThatNobodySpokeOfIsNot() {
        assertThat(view.isAnnounced(SOURCE, ARTIFACT)).isFalse();
    }

    @Test
    void cancellationNamesRunAndSources() {
        view.apply(new BackupCancelled("nightly-1", List.of("brick/*")), NOW);

        assertThat(view.isCancelled("nightly-1", SOURCE)).isTrue();
        assertThat(view.isCancelled("nightly-1", "host/node-a")).isFalse();
        assertThat(view.isCancelled("nightly-2", SOURCE)).isFalse();
    }

    @Test
    void retiredSourceIsNoMemberAnyMore() {
        view.apply(announced(), NOW);
        view.apply(new SourceRetired(SOURCE), NOW);

        assertThat(view.members("gv0/0")).isEmpty();
    }

    @Test
    void failureThatWillBeRetriedIsNoEnd() {
        view.apply(failed(Optional.empty(), false), NOW);

        assertThat(view.failed("nightly-1", SOURCE)).isFalse();
    }

    @Test
    void failureAtATargetIsNoneOfTheBackup() {
        view.apply(failed(Optional.of("house-b"), true), NOW);

        assertThat(view.failed("nightly-1", SOURCE)).isFalse();
    }

    @Test
    void finalFailureIsAnEnd() {
        view.apply(failed(Optional.empty(), true), NOW);

        assertThat(view.failed("nightly-1", SOURCE)).isTrue();
    }

    @Test
    void eventThatProvedWrongIsForgotten() {
        view.apply(ready("node-b"), NOW);

        view.disbelieve(ready("node-b"));

        assertThat(view.ready("nightly-1", List.of(SOURCE))).isEmpty();
    }
}
