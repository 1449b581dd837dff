package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.clusterbackup.cli.dump.DumpedFiles;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dump of a file system from which files are deleted meanwhile. xfsdump has written all names, and asked for the first four
 * thousand inodes, when it waits for its reader; files beyond these go without a word, others with a warning.
 */
class LiveDumpIT {
    private static final String LIVE = """
            truncate -s 400M live.img && mkfs.xfs -q live.img && mkdir live && mount -o loop live.img live
            trap 'cd /; umount "$home/live"; rm "$home/live.img"; rmdir "$home/live"' EXIT
            home=$PWD
            mkdir -p live/brick/.glusterfs live/brick/docs && cd live/brick
            head -c 8000000 /dev/urandom >big
            seq -f docs/%g 6000 | xargs touch
            ln -s 1 docs/link && mkfifo docs/pipe && ln big docs/second && setfattr -n user.number -v 1 big docs docs/1
            touch docs/last && xfs_io -c "chproj 70000" big docs docs/1 docs/4000
            xfsdump -F -J -p 1 -l 0 -L l -M m - "$home/live" 2>"$home/live.log" </dev/null |
              { head -c 2000000; seq -f docs/%g 3000 6000 | xargs rm; rm docs/last; cat; } >"$home/live.dump"
            cd docs && find .. ! -type d -printf '%i\\n' | sort -nu >"$home/live.inodes"
            """;

    @TempDir
    static Path shared = Path.of("unset");

    @TempDir
    Path folder = Path.of("unset");

    private static World world = new World(Path.of("unset"));
    private static byte[] dump = new byte[0];

    @BeforeAll
    static void backUp() throws Exception {
        BrickDump.shell(shared, LIVE);
        world = World.make(shared.resolve("world"), "none");
        dump = Files.readAllBytes(shared.resolve("live.dump"));
        try (var stream = Files.newInputStream(shared.resolve("live.dump"))) {
            world.store(
                    World.BRICK,
                    ArtifactKind.BRICK,
                    stream,
                    BrickDump.details("gv0", 0, 2).put("files", 6005));
        }
    }

    @BeforeEach
    void newFileSystem() throws IOException {
        BrickDump.shell(folder, "truncate -s 500M img && mkfs.xfs -q img && mkdir point && mount -o loop img point");
    }

    @AfterEach
    void unmount() throws IOException {
        BrickDump.shell(folder, "umount point");
    }

    @Test
    void someAreGoneWithoutAWord() throws IOException {
        assertThat(Files.readString(shared.resolve("live.log")))
                .contains("Stale file handle: not dumped")
                .contains("Dump Status: SUCCESS");
        assertThat(Files.readAllLines(shared.resolve("live.log")).stream()
                        .filter(line -> line.contains("not dumped"))
                        .count())
                .isLessThan(3000);
    }

    @Test
    void itsFilesAreKnownHoweverItPasses() throws IOException {
        var random = new Random(7);
        for (var round = 0; round < 3; round++) {
            var passed = new ByteArrayOutputStream();
            var dumped = new DumpedFiles(passed);

            for (var at = 0; at < dump.length; ) {
                var length = Math.min(dump.length - at, 1 + random.nextInt(round == 0 ? 300 : 100_000));
                dumped.write(dump, at, length);
                at += length;
            }

            assertThat(passed.toByteArray()).isEqualTo(dump);
            var files = dumped.files().orElseThrow();
            var inodes = Files.readAllLines(shared.resolve("live.inodes"));
            assertThat(inodes.stream().map(Long::valueOf)).allMatch(files::contains);
            assertThat(files.count()).isEqualTo(inodes.size());
        }
    }

    @Test
    void ofOneThatIsCutOrNoDumpNothingIsSaid() throws IOException {
        for (var bytes : List.of(0, 100, 5000, dump.length / 2, dump.length - 2_000_000)) {
            var dumped = new DumpedFiles(OutputStream.nullOutputStream());
            dumped.write(dump, 0, bytes);
            assertThat(dumped.files()).as("%s bytes", bytes).isEmpty();
        }
        var random = new Random(8);
        for (var round = 0; round < 50; round++) {
            var noise = new byte[30_000];
            random.nextBytes(noise);
            System.arraycopy(dump, 0, noise, 0, round % 2 == 0 ? 0 : 4096 + random.nextInt(20_000));
            var dumped = new DumpedFiles(OutputStream.nullOutputStream());
            dumped.write(noise);
            assertThat(dumped.files()).isEmpty();
        }
    }

    @Test
    void allThatItHoldsComesBack() throws Exception {
        var run = world.run(
                "restore",
                "brick",
                World.BRICK + "@latest",
                "--to",
                folder.resolve("point").toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("point/brick/docs/2999")).exists();
        assertThat(folder.resolve("point/brick/docs/last")).doesNotExist();
    }

    @Test
    void aFileThatWasDeletedMeanwhileIsNamedAndTheOthersComeBack() throws Exception {
        var run = world.run(
                "files", "restore", "gv0", "--to", folder.resolve("point").toString(), "docs/last", "docs/2999");

        assertThat(run.err()).contains("deleted while " + World.BRICK).contains("docs/last");
        assertThat(folder.resolve("point/docs/2999")).exists();
        assertThat(folder.resolve("point/docs/last")).doesNotExist();
    }
}
