package org.clusterbackup.brickagent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.cluster.Turn;
import org.clusterbackup.agent.cluster.Turns;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.gluster.Brick;
import org.clusterbackup.gluster.Volume;
import org.junit.jupiter.api.Test;

class TurnTakingTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration STALL = Duration.ofMinutes(10);
    private static final String RUN = "nightly-1";
    private static final BackupRequest REQUEST =
            new BackupRequest(RUN, Optional.empty(), List.of(), NOW, NOW.plus(Duration.ofHours(1)));

    private final ClusterView view = new ClusterView(ready -> false, Duration.ofMinutes(10));
    private final TurnTaking all = new TurnTaking(Replicas.ALL, STALL);
    private final TurnTaking one = new TurnTaking(Replicas.ONE, STALL);

    private static Volume volume(int replicas, int arbiters) {
        var bricks = IntStream.range(0, replicas)
                .mapToObj(i -> new Brick(i, UUID.randomUUID().toString(), node(i), Path.of("/b"), Path.of("/b")))
                .toList();
        return new Volume("gv0", UUID.randomUUID(), 2, true, replicas, arbiters, 0, bricks);
    }

    private static String node(int index) {
        return "node-" + "abc".charAt(index);
    }

    private static String name(int index) {
        return "brick/gv0/" + index + "/" + node(index);
    }

    private static BrickSource brick(int index) {
        var volume = volume(2, 0);
        return BrickSource.of(node(index), volume, volume.bricks().get(index));
    }

    private void announced(int index, Instant at, Optional<String> problem, long heals) {
        view.apply(
                new SourceAnnounced(
                        name(index),
                        "brick",
                        Optional.of(node(index)),
                        Optional.of("gv0"),
                        Optional.of((long) index),
                        Optional.of("gv0/0"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(heals),
                        problem,
                        at),
                NOW);
    }

    private void announced(int index) {
        announced(index, NOW, Optional.empty(), 0);
    }

    private ArtifactReady ready(int index) {
        var ready = new ArtifactReady(
                name(index),
                "20261122T120000000Z-01234567",
                Optional.of(RUN),
                Optional.of(node(index)),
                Optional.of("gv0/0"),
                "0".repeat(64),
                NOW,
                NOW,
                1,
                1,
                1);
        view.apply(ready, NOW);
        return ready;
    }

    private void progress(int index, String stage, long bytes, Instant at) {
        view.apply(
                new BackupProgress(
                        name(index),
                        Optional.of(RUN),
                        Optional.empty(),
                        stage,
                        Optional.empty(),
                        bytes,
                        0,
                        List.of(),
                        at),
                at);
    }

    private Turn turn(TurnTaking turns, int index, Instant at) {
        return turns.of(brick(index), REQUEST, NOW, view, at);
    }

    @Test
    void lowestLiveBrickGoesFirst() {
        announced(0);
        announced(1);

        assertThat(turn(all, 0, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void siblingWaitsForTheLowest() {
        announced(0);
        announced(1);

        assertThat(turn(all, 1, NOW)).isEqualTo(new Turn.Wait(name(0)));
    }

    @Test
    void siblingGoesWhenTheFirstIsReady() {
        announced(0);
        announced(1);
        ready(0);

        assertThat(turn(all, 1, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void siblingGoesWhenTheFirstHasFailedForGood() {
        announced(0);
        view.apply(
                new BackupFailed(name(0), Optional.of(RUN), "dump", Optional.empty(), "failed", "x", true, NOW), NOW);

        assertThat(turn(all, 1, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void siblingGoesWhenTheFirstMakesNoProgress() {
        announced(0, NOW.plus(STALL), Optional.empty(), 0);

        assertThat(turn(all, 1, NOW.plus(STALL))).isEqualTo(new Turn.Go());
    }

    @Test
    void progressKeepsTheTurn() {
        announced(0, NOW.plus(STALL), Optional.empty(), 0);
        progress(0, "dump", 100, NOW.plus(STALL).minusSeconds(60));

        assertThat(turn(all, 1, NOW.plus(STALL))).isInstanceOf(Turn.Wait.class);
    }

    @Test
    void bytesThatStandStillAreNoProgress() {
        announced(0, NOW.plus(STALL), Optional.empty(), 0);
        progress(0, "dump", 100, NOW.plusSeconds(1));
        progress(0, "dump", 100, NOW.plus(STALL).minusSeconds(1));

        assertThat(turn(all, 1, NOW.plus(STALL).plusSeconds(2))).isEqualTo(new Turn.Go());
    }

    @Test
    void brickThatIsQueuedAtItsAgentKeepsTheTurn() {
        announced(0, NOW.plus(STALL), Optional.empty(), 0);
        progress(0, Turns.QUEUE, 0, NOW.plusSeconds(1));
        progress(0, Turns.QUEUE, 0, NOW.plus(STALL).minusSeconds(1));

        assertThat(turn(all, 1, NOW.plus(STALL).plusSeconds(2))).isInstanceOf(Turn.Wait.class);
    }

    @Test
    void silentBrickIsNotWaitedFor() {
        announced(0, NOW.minus(Duration.ofMinutes(11)), Optional.empty(), 0);

        assertThat(turn(all, 1, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void brickWithAProblemIsNotWaitedFor() {
        announced(0, NOW, Optional.of("not mounted"), 0);

        assertThat(turn(all, 1, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void brickThatTheRequestDoesNotWantIsNotWaitedFor() {
        announced(0);
        var request = new BackupRequest(RUN, Optional.empty(), List.of("*/node-b"), NOW, REQUEST.deadline());

        assertThat(all.of(brick(1), request, NOW, view, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void withOneReplicaTheOtherIsLeftToTheArtifactThatIsReady() {
        announced(0);
        announced(1);
        var ready = ready(0);

        assertThat(turn(one, 1, NOW)).isEqualTo(new Turn.Leave(ready));
    }

    @Test
    void withOneReplicaTheNextTakesOverWhenTheFirstFailed() {
        announced(0);
        announced(1);
        view.apply(
                new BackupFailed(name(0), Optional.of(RUN), "dump", Optional.empty(), "failed", "x", true, NOW), NOW);

        assertThat(turn(one, 1, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void withOneReplicaAllGoWhileHealsArePending() {
        announced(0, NOW, Optional.empty(), 3);
        announced(1);
        ready(0);

        assertThat(turn(one, 1, NOW)).isEqualTo(new Turn.Go());
    }

    @Test
    void arbiterNeverStandsForItsSet() {
        announced(0);
        announced(1);
        announced(2);
        ready(2);
        var volume = volume(3, 1);
        var data = BrickSource.of(node(1), volume, volume.bricks().get(1));

        assertThat(one.of(data, REQUEST, NOW, view, NOW)).isEqualTo(new Turn.Wait(name(0)));
    }

    @Test
    void brickWithoutReplicasNeverWaits() {
        var volume = new Volume(
                "d",
                UUID.randomUUID(),
                0,
                true,
                1,
                0,
                0,
                List.of(new Brick(0, "s", "h", Path.of("/b"), Path.of("/b"))));

        var turn = all.of(BrickSource.of("node-b", volume, volume.bricks().getFirst()), REQUEST, NOW, view, NOW);

        assertThat(turn).isEqualTo(new Turn.Go());
    }
}
