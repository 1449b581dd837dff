package org.clusterbackup.brickagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.testing.AgentLab;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent against a real broker, a real XFS and a staging repository in a directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentIT {
    private static final String BRICK = "brick/gv0/0/node-a";
    private static final String HOST = "host/node-a";

    private final Path folder;
    private final Path host;
    private final LoopXfs xfs;
    private final GlusterNode gluster;
    private final AgentLab lab;

    AgentIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        host = Files.createDirectories(folder.resolve("host"));
        gluster = new GlusterNode(host);
        xfs = LoopXfs.create(Files.createDirectories(host.resolve("media")), "brick0");
        xfs.brick(gluster.volume("gv0", "/media/brick0/brick"));
        xfs.run("cd brick; head -c 150000000 /dev/urandom >big; mkdir d; for i in $(seq 200); do echo $i >d/$i; done");
        lab = new AgentLab(
                folder,
                "brick-agent",
                List.of(
                        "-Dclusterbackup.node=node-a",
                        "-Dclusterbackup.host-root=" + host,
                        "-Dclusterbackup.host-state.paths=/var/lib/glusterd"));
    }

    @BeforeAll
    void comeUp() {
        lab.agent().awaitReady();
    }

    @AfterAll
    void goDown() throws Exception {
        lab.close();
        xfs.close();
    }

    private ArtifactReady awaitReady(String run, String source) throws IOException {
        return lab.awaitEvent(ArtifactReady.class, ready -> isOf(ready, run, source));
    }

    private static boolean isOf(ArtifactReady ready, String run, String source) {
        return ready.run().filter(run::equals).isPresent() && ready.source().equals(source);
    }

    private static boolean isOfAnEmptyRequest(ArtifactReady ready, String source) {
        return ready.run().filter(run -> run.startsWith("manual-")).isPresent()
                && ready.source().equals(source);
    }

    private BackupFailed awaitFinal(String run, String source) throws IOException {
        return lab.awaitEvent(
                BackupFailed.class,
                failed -> failed.ended()
                        && failed.run().filter(run::equals).isPresent()
                        && failed.source().equals(source));
    }

    @Test
    void anEmptyRequestBacksUpBrickAndHostSoThatTheyRestore() throws Exception {
        lab.send(Topics.BACKUP_REQUESTED.name(), "{}");
        var ready = lab.awaitEvent(ArtifactReady.class, any -> isOfAnEmptyRequest(any, BRICK));
        lab.awaitEvent(ArtifactReady.class, any -> isOfAnEmptyRequest(any, HOST));

        try (var opened = lab.open(ready);
                var file = Files.newOutputStream(folder.resolve("dump"))) {
            opened.copyTo(file, count -> {});
            var details = opened.manifest().details();
            assertThat(details.path("bricks")).hasSize(1);
            assertThat(details.path("bricks").path(0).path("path").asText()).isEqualTo("/media/brick0/brick");
            assertThat(details.path("arbiterCount").isInt()).isTrue();
            assertThat(details.path("disperseCount").isInt()).isTrue();
        }

        try (var restored = LoopXfs.create(folder, "restored")) {
            restored.run("xfsrestore -F -J -f " + folder.resolve("dump")
                    + " . >/dev/null 2>&1; rm -rf xfsrestorehousekeepingdir");
            assertThat(Shell.run(folder, "diff -r host/media/brick0/brick restored/brick"))
                    .isEmpty();
        }
    }

    @Test
    void sameEventThreeTimesMakesOneArtifact() throws Exception {
        var before = lab.committed(HOST).size();

        lab.request("thrice", HOST);
        lab.request("thrice", HOST);
        lab.request("thrice", HOST);
        lab.request("after-thrice", HOST);
        awaitReady("thrice", HOST);
        awaitReady("after-thrice", HOST);

        assertThat(lab.committed(HOST)).hasSize(before + 2);
    }

    @Test
    void garbageIsPassedOver() throws Exception {
        lab.send(Topics.BACKUP_REQUESTED.name(), "garbage");
        lab.request("after-garbage", HOST);

        assertThat(awaitReady("after-garbage", HOST).source()).isEqualTo(HOST);
    }

    @Test
    void brickThatIsAddedLaterIsFoundAndBackedUp() throws Exception {
        try (var more = LoopXfs.create(host.resolve("media"), "brick1")) {
            more.brick(gluster.volume("added", "/media/brick1/brick"));
            lab.awaitEvent(SourceAnnounced.class, source -> source.source().equals("brick/added/0/node-a"));

            lab.request("with-more", "brick/added/*");

            assertThat(awaitReady("with-more", "brick/added/0/node-a").streamBytes())
                    .isPositive();
        }
    }

    @Test
    void brickThatIsNotMountedFailsWithWhatToDo() throws Exception {
        gluster.volume("lost", "/media/nowhere/brick");

        lab.request("lost", "brick/lost/*");

        assertThat(awaitFinal("lost", "brick/lost/0/node-a").message())
                .contains("is gone")
                .contains("mount its file system");
    }

    @Test
    void expiredRequestIsSaidToBe() throws Exception {
        lab.request("expired", Optional.of(Instant.now().minusSeconds(1)), HOST);

        assertThat(awaitFinal("expired", HOST).kind()).isEqualTo(BackupFailed.EXPIRED);
    }

    @Test
    void requestOfACancelledRunIsNotBegun() throws Exception {
        var before = lab.committed(BRICK).size();
        lab.send(
                Topics.BACKUP_CANCELLED.name(),
                new String(EventCodec.encode(new BackupCancelled("cancelled", List.of())), StandardCharsets.UTF_8));
        lab.request("cancelled", BRICK);

        assertThat(awaitFinal("cancelled", BRICK).kind()).isEqualTo(BackupFailed.CANCELLED);
        assertThat(lab.committed(BRICK)).hasSize(before);
    }

    @Test
    void killedAgentFinishesTheRunWhenItComesBack() throws Exception {
        xfs.run("cd brick; rm -f change; head -c 100000000 /dev/urandom >change");
        lab.request("killed", BRICK);
        await().atMost(AgentLab.SOON).until(() -> lab.agent().log().contains("backup begins run=killed"));
        lab.agent().kill();
        lab.agent().restart();
        lab.agent().awaitReady();

        awaitReady("killed", BRICK);

        assertThat(lab.all(ArtifactReady.class, ready -> isOf(ready, "killed", BRICK)).stream()
                        .map(ArtifactReady::artifact)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void memoryStaysBelowHalfAGibibyte() throws Exception {
        lab.request("memory", BRICK);
        awaitReady("memory", BRICK);

        assertThat(lab.agent().peakMemory()).isLessThan(512);
    }
}
