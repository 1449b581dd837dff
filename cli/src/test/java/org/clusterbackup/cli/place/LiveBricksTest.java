package org.clusterbackup.cli.place;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveBricksTest {
    private static final String OWN = "0ccc8c67-5df7-47bf-bfac-cd5c2cef9420";
    private static final String OTHER = "b89dc459-ad45-4c7f-a25f-4e4b05213316";

    private final Path glusterd;

    LiveBricksTest(@TempDir Path glusterd) throws IOException {
        this.glusterd = glusterd;
        file("glusterd.info", "UUID=" + OWN + "\n");
        volume("status=1\nreplica_count=2\n");
        brick("node1:-media-brick0-brick", OWN, "/media/brick0/brick");
        brick("node2:-media-brick7-brick", OTHER, "/media/brick7/brick");
    }

    @Test
    void placeOfAStartedReplicaIsRefused() {
        assertThatThrownBy(() -> requireAt("/media/brick0"))
                .isInstanceOf(BackupException.class)
                .hasMessage("volume gv0 is started and has a replicated brick below /media/brick0");
    }

    @Test
    void placeBehindASymbolicLinkIsRefusedByWhereItLed() throws IOException {
        // Given the volume's path is a link into another file system
        brick("node1:-media-brick0-brick", OWN, "/srv/disk1/brick");

        // When, then
        assertThatThrownBy(() -> requireAt("/srv/disk1")).hasMessageContaining("below /srv/disk1");
    }

    @Test
    void brickOfAnotherServerAtTheSamePathDoesNotCount() {
        assertThatCode(() -> requireAt("/media/brick7")).doesNotThrowAnyException();
    }

    @Test
    void stoppedVolumeDoesNotCount() throws IOException {
        volume("status=0\nreplica_count=2\n");

        assertThatCode(() -> requireAt("/media/brick0")).doesNotThrowAnyException();
    }

    @Test
    void volumeWithoutReplicasDoesNotCount() throws IOException {
        volume("status=1\nreplica_count=1\n");

        assertThatCode(() -> requireAt("/media/brick0")).doesNotThrowAnyException();
    }

    @Test
    void machineWithoutGlusterHasNone() throws IOException {
        Files.delete(glusterd.resolve("glusterd.info"));

        assertThatCode(() -> requireAt("/media/brick0")).doesNotThrowAnyException();
    }

    @Test
    void stateThatDoesNotTellIsRefused() throws IOException {
        // Given a file that a full disk cut
        file("vols/gv0/info", "type=2\ncount=2");

        // When, then
        assertThatThrownBy(() -> requireAt("/media/brick0"))
                .hasMessageContaining("cannot tell whether a replica is live")
                .hasMessageContaining("vols/gv0/info");
    }

    @Test
    void stateOfARunningGlusterdIsRefused(@TempDir Path proc) throws IOException {
        // Given a process whose folder, as it sees it, is a mount or link of the state
        var process = Files.createDirectories(proc.resolve("4711"));
        Files.writeString(process.resolve("comm"), "glusterd\n");
        var lib = Files.createDirectories(process.resolve("root/var/lib"));
        var live = new LiveBricks(proc, glusterd);
        assertThatCode(() -> live.requireUnused(glusterd)).doesNotThrowAnyException();
        Files.createSymbolicLink(lib.resolve("glusterd"), glusterd);

        // When, then
        assertThatThrownBy(() -> live.requireUnused(glusterd)).hasMessage("a glusterd (process 4711) uses " + glusterd);
    }

    private void requireAt(String place) throws BackupException {
        new LiveBricks(Path.of("/proc"), glusterd).requireNoStartedReplica(Path.of(place));
    }

    private void volume(String lines) throws IOException {
        file(
                "vols/gv0/info",
                "type=2\ncount=2\nvolume-id=a48cbed2-64f2-4f29-9a74-ba2febc5d269\n" + lines
                        + "brick-0=node1:-media-brick0-brick\nbrick-1=node2:-media-brick7-brick\n");
    }

    private void brick(String name, String server, String realPath) throws IOException {
        var path = name.substring(name.indexOf(':') + 1).replace('-', '/');
        file(
                "vols/gv0/bricks/" + name,
                "uuid=" + server + "\nhostname=" + name.substring(0, name.indexOf(':')) + "\npath=" + path
                        + "\nreal_path=" + realPath + "\n");
    }

    private void file(String name, String content) throws IOException {
        var file = glusterd.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, content);
    }
}
