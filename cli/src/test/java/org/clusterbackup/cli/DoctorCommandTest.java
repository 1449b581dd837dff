package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    private static final List<String> WHOLE =
            List.of("repository", "room", "write", "clock", "read", "delete", "place");

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));

    @BeforeEach
    void aTarget() {
        world = World.make(folder, "age");
    }

    @Test
    void aWholeRepositoryIsGoodAndStaysAsItWas() throws IOException {
        var before = files(world.target());

        var run = world.run("doctor", "-r", world.target().toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text().lines().skip(1))
                .allMatch(line -> line.contains("  good  "))
                .hasSize(WHOLE.size());
        assertThat(files(world.target())).isEqualTo(before);
        assertThat(world.run("verify", "-r", world.target().toString()).code()).isZero();
    }

    @Test
    void aPlaceForARepositoryIsTriedAndCanStillBecomeOne() throws IOException {
        var place = Files.createDirectory(folder.resolve("place"));

        var run = world.run("doctor", "-r", place.toString());

        assertThat(run.code()).isEqualTo(Kind.NO_REPOSITORY.exitCode());
        assertThat(results(run)).containsEntry("repository", "bad").containsEntry("write", "good");
        assertThat(world.run(
                                "init",
                                "-r",
                                place.toString(),
                                "--name",
                                "other",
                                "--same-as",
                                world.staging().toString())
                        .code())
                .isEqualTo(3); // nobody but the operator may sign its ledger
    }

    @Test
    void readOnlyWritesNothing() throws IOException {
        var run = world.run("doctor", "--read-only", "-r", world.target().toString());

        assertThat(results(run)).containsOnlyKeys("repository", "room", "place");
    }

    @Test
    void aPlaceThatIsNotThereIsBad() throws IOException {
        var run = world.run("doctor", "-r", folder.resolve("gone").toString());

        assertThat(run.code()).isNotZero();
        assertThat(results(run)).containsValue("bad").doesNotContainKey("write");
    }

    @Test
    void anotherSignerIsBad() throws IOException {
        var others = World.make(Files.createDirectory(folder.resolve("others")), "age");

        var run = world.run(
                "doctor",
                "-r",
                world.target().toString(),
                "--allowed-signers",
                others.keys().resolve("allowed_signers").toString());

        assertThat(run.code()).isEqualTo(Kind.SIGNATURE.exitCode());
        assertThat(results(run)).containsEntry("repository", "bad");
    }

    @Test
    void whatIsToBeLookedAtIsNamed() {
        assertThat(Invocation.in(Map.of(), "doctor").code()).isEqualTo(Kind.USAGE.exitCode());
    }

    @Test
    void aNodeWithoutGlusterHasHostStateOnly() throws IOException {
        var run = world.run("doctor", "--node", "--root", folder.toString());

        assertThat(run.text()).contains("no Gluster server here: host state only");
    }

    @Test
    void aBrickThatIsNotMountedOrNotOnXfsIsBad() throws IOException {
        // Given a server with two bricks, of which one is a folder of another file system and one is not there
        var glusterd = Files.createDirectories(folder.resolve("var/lib/glusterd"));
        var server = "11111111-2222-3333-4444-555555555555";
        Files.writeString(glusterd.resolve("glusterd.info"), "UUID=" + server + "\noperating-version=100000\n");
        var volume = Files.createDirectories(glusterd.resolve("vols/gv0"));
        Files.writeString(volume.resolve("info"), """
                type=0
                count=2
                status=1
                sub_count=0
                replica_count=1
                volume-id=99999999-2222-3333-4444-555555555555
                brick-0=node:-here
                brick-1=node:-gone
                """);
        Files.createDirectory(volume.resolve("bricks"));
        for (var path : List.of("here", "gone")) {
            Files.writeString(
                    volume.resolve("bricks/node:-" + path),
                    "uuid=" + server + "\nhostname=node\npath=/" + path + "\nreal_path=/" + path + "\n");
        }
        Files.createDirectory(folder.resolve("here"));

        var run = world.run("doctor", "--node", "--root", folder.toString());

        assertThat(run.code()).isNotZero();
        assertThat(results(run)).containsEntry("brick gv0/0", "bad").containsEntry("brick gv0/1", "bad");
        assertThat(run.text()).contains("not on XFS").contains("there is no folder");
    }

    /** What was looked at, and how it was found. */
    private static Map<String, String> results(Invocation run) {
        return run.text()
                .lines()
                .skip(1)
                .map(line -> line.split(" {2,}"))
                .collect(Collectors.toMap(cells -> cells[0], cells -> cells[1]));
    }

    private static List<Path> files(Path below) throws IOException {
        try (Stream<Path> walk = Files.walk(below)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
