package org.clusterbackup.brickagent.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.source.SourceAnnouncer;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceAnnouncerTest {
    private static final Duration EVERY = Duration.ofMinutes(3);
    private static final String OWN = "aff7a378-0a1d-45ca-96fb-397b42eac69b";
    private static final String PEER = "b89dc459-ad45-4c7f-a25f-4e4b05213316";

    private final Path state;
    private final List<BackupEvent> said = new ArrayList<>();
    private final ClusterView view = new ClusterView(ready -> false, Duration.ofMinutes(10));
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final SourceAnnouncer announcer;

    SourceAnnouncerTest(@TempDir Path root) throws IOException {
        state = Files.createDirectories(root.resolve("var/lib/glusterd"));
        Files.writeString(state.resolve("glusterd.info"), "UUID=" + OWN + "\n");
        volume("gv0", OWN, PEER);
        InstantSource time = () -> now;
        var sources = new NodeSources("node-a", state, new BrickLocator(root), view);
        announcer = new SourceAnnouncer(sources, EVERY, said::add, time.withZone(ZoneOffset.UTC));
    }

    private void volume(String name, String... servers) throws IOException {
        var folder = state.resolve("vols").resolve(name);
        var info = new StringBuilder(
                "type=2\nstatus=1\nreplica_count=2\nvolume-id=a48cbed2-64f2-4f29-9a74-ba2febc5d269\ncount="
                        + servers.length + "\n");
        for (var i = 0; i < servers.length; i++) {
            Files.createDirectories(folder.resolve("bricks"));
            Files.writeString(
                    folder.resolve("bricks/h" + i + ":-b"),
                    "uuid=" + servers[i] + "\nhostname=h" + i + "\npath=/b" + i + "\n");
            info.append("brick-").append(i).append("=h").append(i).append(":-b\n");
        }
        Files.writeString(folder.resolve("info"), info);
    }

    private List<String> look() {
        said.clear();
        announcer.look();
        return said.stream()
                .map(event -> (event instanceof SourceRetired ? "retired " : "") + event.key())
                .toList();
    }

    private void peerAnnounced(int index) {
        view.apply(
                new SourceAnnounced(
                        "brick/gv0/" + index + "/node-b",
                        "brick",
                        Optional.of("node-b"),
                        Optional.of("gv0"),
                        Optional.of((long) index),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        now),
                now);
    }

    @Test
    void everythingIsAnnouncedAtFirst() {
        assertThat(look()).containsExactly("host/node-a", "brick/gv0/0/node-a");
    }

    @Test
    void brickThatIsNotThereIsAnnouncedWithItsProblem() {
        look();

        assertThat(said.getLast()).isInstanceOfSatisfying(SourceAnnounced.class, brick -> assertThat(brick.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("is gone")));
    }

    @Test
    void nothingIsRepeatedBeforeItsTime() {
        look();

        assertThat(look()).isEmpty();
    }

    @Test
    void everythingIsRenewedInTime() {
        look();
        now = now.plus(EVERY);

        assertThat(look()).hasSize(2);
    }

    @Test
    void volumeThatIsAddedIsAnnouncedAtOnce() throws IOException {
        look();
        volume("added", PEER, OWN);

        assertThat(look()).containsExactly("brick/added/1/node-a");
    }

    @Test
    void brickThatGlusterHasNoMoreIsRetired() throws IOException {
        look();
        volume("gv0", PEER, PEER);

        assertThat(look()).containsExactly("retired brick/gv0/0/node-a");
    }

    @Test
    void brickWhoseVolumeCannotBeReadStaysAnnounced() throws IOException {
        look();
        Files.writeString(state.resolve("vols/gv0/info"), "");
        now = now.plus(EVERY);

        assertThat(look()).containsExactly("host/node-a", "brick/gv0/0/node-a");
    }

    @Test
    void serverThatLostItsStateRetiresNothing() throws IOException {
        look();
        Files.delete(state.resolve("glusterd.info"));

        assertThat(look()).isEmpty();
    }

    @Test
    void brickOfAPeerThatTheVolumeHasNoMoreIsRetired() throws IOException {
        peerAnnounced(2);
        peerAnnounced(1);

        assertThat(look()).contains("retired brick/gv0/2/node-b").doesNotContain("retired brick/gv0/1/node-b");
    }
}
