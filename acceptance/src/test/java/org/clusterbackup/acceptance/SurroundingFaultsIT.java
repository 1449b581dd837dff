package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.Topics;
import org.junit.jupiter.api.Test;

/** Targets, disks and bricks die; events and staging lie. */
class SurroundingFaultsIT extends FaultTest {
    // ------------------------------------------------------------------ a target dies

    @Test
    void oneTargetIsDeadForLongAndTheOtherGoesOn() {
        // Given an SSH server that goes away in the middle of a copy
        var far = lab.copy(Lab.FAR);
        var before = far.packs();
        runs.request(run);
        await().atMost(Runs.PATIENCE).until(() -> far.packs().size() > before.size());
        lab.component("sshd").killAll();

        // Then the other target has this run and further ones
        runs.awaitComplete(run, Lab.CLOUD);
        change();
        runs.request(run + "-next");
        runs.awaitComplete(run + "-next", Lab.CLOUD);

        // When it comes back, then it has them too
        far.requireNothingHalf();
        lab.component("sshd").start();
        runs.awaitComplete(run, Lab.FAR);
        runs.awaitComplete(run + "-next", Lab.FAR);
    }

    @Test
    void s3ServerIsKilledInMidCopy() {
        var cloud = lab.copy(Lab.CLOUD);
        var before = cloud.packs();
        runs.request(run);
        await().atMost(Runs.PATIENCE).until(() -> cloud.packs().size() > before.size());

        lab.component("s3").kill();
        cloud.requireNothingHalf();
        runs.awaitComplete(run, Lab.FAR);
        lab.component("s3").start();

        runs.awaitComplete(run, Lab.CLOUD);
    }

    @Test
    void targetIsFull() {
        lab.disk(Lab.FAR).fill(2 << 20);
        try {
            runs.request(run);

            var failure = awaitFailureAt(Lab.FAR);

            assertThat(failure.message()).containsIgnoringCase("space");
            runs.awaitComplete(run, Lab.CLOUD);
            lab.copy(Lab.FAR).requireNothingHalf();
        } finally {
            lab.disk(Lab.FAR).empty();
        }
        runs.awaitComplete(run, Lab.FAR);
    }

    @Test
    void stagingIsFull() {
        lab.disk("staging").fill(2 << 20);
        try {
            runs.request(run);

            var failure = runs.awaitFailure(run, false);

            assertThat(failure.message()).containsIgnoringCase("space");
            lab.copy("staging").requireNothingHalf();
        } finally {
            lab.disk("staging").empty();
        }
        runs.awaitComplete(run);
    }

    // ------------------------------------------------------------------ a brick dies

    @Test
    void fileSystemOfABrickGoesAwayInMidDump() {
        runs.request(run, Duration.ofSeconds(90));
        awaitDump("brick-agent-node2");

        inside("node2", "xfs_io -x -c shutdown /media/brick0");

        // The other replica is whole, and that is said.
        lab.events()
                .awaitEvent(
                        BackupFailed.class,
                        failed -> failed.ended()
                                && failed.source().equals(BRICK_2)
                                && failed.run().filter(run::equals).isPresent(),
                        Runs.PATIENCE);
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            awaitPoint(target, "\"status\":\"degraded\"");
        }
        mountAgain();
        runs.request(run + "-next");
        runs.awaitComplete(run + "-next");
    }

    private void mountAgain() {
        inside("node2", "kill -9 $(cat /run/gluster/vols/global/*.pid) || true; umount -l /media/brick0");
        lab.gluster().brick("node2");
        inside("node2", "gluster --mode=script volume start global force");
        await().atMost(Runs.PATIENCE)
                .until(() -> lab.gluster()
                                .inside("node1", "gluster", "--mode=script", "volume", "heal", "global", "info")
                                .run()
                                .out()
                                .lines()
                                .filter(line -> line.equals("Number of entries: 0"))
                                .count()
                        == lab.servers().size());
    }

    // ------------------------------------------------------------------ events

    @Test
    void sameEventThreeTimesIsOneRun() {
        var request = Runs.requestOf(run, Duration.ofMinutes(10));

        for (var time = 0; time < 3; time++) {
            lab.kcat("backup-requested", request);
        }

        runs.awaitComplete(run);
        runs.request(run + "-next");
        runs.awaitComplete(run + "-next");
        for (var name : List.of("staging", Lab.FAR, Lab.CLOUD)) {
            assertThat(lab.copy(name).artifactsOf(run))
                    .as(name)
                    .hasSize(lab.sources().size());
        }
    }

    @Test
    void malformedEventIsRejectedAndNothingElse() {
        var mark = lab.events().mark();

        lab.kcat("backup-requested", "{\"run\": [this is no JSON");

        await().atMost(Runs.PATIENCE).until(() -> !rejected(mark).isEmpty());
        // What stands behind it in the topic was done, so that everybody is past it.
        runs.request(run);
        runs.awaitComplete(run);
        assertThat(rejected(mark)).hasSize(1);
        assertThat(rejected(mark).getFirst().headers()).containsKey("dead-letter-reason");
        // A request that names no run would get a name of its place.
        assertThat(lab.events().since(mark))
                .noneMatch(seen -> String.valueOf(seen.value()).contains("manual-0-"));
    }

    private List<EventLog.Seen> rejected(int mark) {
        return lab.events().since(mark).stream()
                .filter(seen ->
                        seen.topic().equals(Topics.BACKUP_REQUESTED.rejected().name()))
                .toList();
    }

    @Test
    void twoRequestsAtOnceBothEnd() {
        runs.request(run);
        runs.request(run + "-next");

        runs.awaitComplete(run + "-next");
        for (var source : lab.sources()) {
            awaitEnd(run, source);
        }
        // Then nothing of the first is left for the next test. One that was superseded everywhere is entered nowhere.
        if (!runs.ready(run).isEmpty()) {
            for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
                awaitPoint(target, "");
            }
        }
    }

    // ------------------------------------------------------------------ staging is not the truth

    @Test
    void packsLostAndAlteredInStagingNeverReachATarget() throws IOException {
        // Given an artifact that one target has not yet, and one of its packs altered, another one lost
        lab.component("shipper-far").stop();
        runs.request(run);
        runs.awaitComplete(run, Lab.CLOUD);
        var staging = lab.copy("staging");
        var there = lab.copy(Lab.FAR).packs().keySet();
        var fresh = staging.artifactsOf(run).stream()
                .filter(artifact -> artifact.toString().contains(BRICK_1))
                .flatMap(artifact -> Copy.needs(artifact).stream())
                .filter(pack -> !there.contains(pack))
                .sorted()
                .toList();
        assertThat(fresh).hasSizeGreaterThan(1);
        var altered = staging.pack(fresh.get(0));
        var lost = staging.pack(fresh.get(1));
        var bytesOfAltered = Files.readAllBytes(altered);
        var bytesOfLost = Files.readAllBytes(lost);
        Copy.flip(altered);
        Files.delete(lost);

        // When its shipper is back, then it says so, and does not take it
        lab.component("shipper-far").start();
        awaitFailureAt(Lab.FAR);
        assertThat(lab.copy(Lab.FAR).packs()).doesNotContainKeys(fresh.get(0), fresh.get(1));
        // What the target had not of this run is entered before there is anything newer: that would stand for it.
        awaitPoint(Lab.FAR, "");

        // And the next run does not build on them
        runs.request(run + "-next");
        runs.awaitComplete(run + "-next");

        // When somebody puts them back, then the first run comes to the target as well
        putBack(altered, bytesOfAltered);
        putBack(lost, bytesOfLost);
        runs.awaitComplete(run, Lab.FAR);
    }

    /** A recovery point of this run whose entry has that text. */
    private void awaitPoint(String target, String text) {
        lab.events()
                .awaitEvent(
                        RecoveryPointReached.class,
                        reached -> reached.run().equals(run)
                                && reached.target().equals(target)
                                && reached.entry().contains(text),
                        Runs.PATIENCE);
    }

    private BackupFailed awaitFailureAt(String target) {
        return lab.events()
                .awaitEvent(
                        BackupFailed.class,
                        failed -> failed.target().filter(target::equals).isPresent()
                                && failed.run().filter(run::equals).isPresent(),
                        Runs.PATIENCE);
    }

    private static void putBack(Path file, byte[] bytes) throws IOException {
        var temporary = file.resolveSibling(".tmp-" + file.getFileName());
        Files.write(temporary, bytes);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
