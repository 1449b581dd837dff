package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.cli.dump.DumpSalvage;
import org.clusterbackup.cli.dump.Gaps;
import org.clusterbackup.cli.place.UnusableMarker;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a real dump of which parts are lost. */
class SalvageIT {
    /** Small files with attributes, large ones, links and special files: about 60 MB, which is four packs. */
    private static final String FILL = """
            for i in $(seq 60); do head -c 900000 /dev/urandom >large$i; ln large$i .glusterfs/aa/bb/$i; done
            for i in $(seq 300); do head -c 5000 /dev/urandom >small$i; setfattr -n user.number -v $i small$i; done
            ln -s small1 link && mkfifo pipe && mknod null c 1 3 && mkdir folder && ln small2 folder/second
            for file in large3* small1*; do xfs_io -c "chproj 65539" "$file"; done
            sha256sum large* small* >"$home/NAME.sums"
            """;

    @TempDir
    static Path shared = Path.of("unset");

    @TempDir
    Path folder = Path.of("unset");

    private static World world = new World(Path.of("unset"));
    private static Path dump = Path.of("unset");

    @BeforeAll
    static void backUp() throws Exception {
        world = World.make(shared.resolve("world"), "none");
        dump = BrickDump.make(shared, "brick", FILL.replace("NAME", "brick")).file();
        try (var stream = Files.newInputStream(dump)) {
            world.store(World.BRICK, ArtifactKind.BRICK, stream, BrickDump.details("gv0", 0));
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

    private Invocation salvage(World of, String... more) {
        var to = folder.resolve("point").toString();
        var args = Stream.concat(
                Stream.of("restore", "brick", World.BRICK + "@latest", "--to", to, "--salvage"), Stream.of(more));
        return of.run(args.toArray(String[]::new));
    }

    @Test
    void whatIsNotNamedIsAsItWas() throws Exception {
        // Given, of packs without which names can be read, one that is gone and one that is not what its name says
        var harmed = world.copyTo(folder.resolve("harmed"));
        var packs = new ArrayList<Path>();
        for (var pack : harmed.files(name -> name.startsWith("packs/"))) {
            var bytes = Files.readAllBytes(pack);
            Files.delete(pack);
            if (salvage(harmed, "--dry-run").err().contains("are lost: ")) {
                packs.add(pack);
            }
            Files.write(pack, bytes);
        }
        assertThat(packs).hasSizeGreaterThan(2);
        Files.delete(packs.getFirst());
        World.flip(packs.getLast(), 1000);
        assertThat(harmed.run("cat", World.BRICK + "@latest").err()).contains("MiB of ");

        // When
        var run = salvage(harmed);

        // Then
        assertThat(run.code()).as(run.err()).isEqualTo(14);
        var bad = BrickDump.shell(
                        folder.resolve("point/brick"),
                        "sha256sum --quiet -c SUMS 2>/dev/null | sed 's/: FAILED.*//' || true"
                                .replace("SUMS", shared.resolve("brick.sums").toString()))
                .lines()
                .collect(Collectors.toSet());
        var named = run.text()
                .lines()
                .map(line -> line.replaceFirst("^(damaged|missing) brick/", ""))
                .collect(Collectors.toSet());
        assertThat(bad).isNotEmpty().isSubsetOf(named);
        assertThat(named).hasSizeLessThan(350);
        assertThat(folder.resolve("point/" + UnusableMarker.NAME)).content().startsWith("This is not the whole");
        assertThat(BrickDump.shell(folder, "getfattr --only-values -n user.number point/brick/small300 || true"))
                .satisfies(value -> assertThat(named.contains("small300") || value.equals("300"))
                        .isTrue());
    }

    @Test
    void withoutNamesNothingIsWritten() throws Exception {
        var harmed = world.copyTo(folder.resolve("harmed"));
        for (var pack : harmed.files(name -> name.startsWith("packs/"))) {
            Files.delete(pack);
        }

        var run = salvage(harmed);

        assertThat(run.code()).as(run.err()).isEqualTo(14);
        assertThat(folder.resolve("point")).isEmptyDirectory();
    }

    @Test
    void whereverAGapIsWhatComesThroughIsADump() throws Exception {
        // Given
        var small = FILL.replace("NAME", "little").replace("seq 60", "seq 6").replace("seq 300", "seq 100");
        var bytes = Files.readAllBytes(BrickDump.make(folder, "little", small).file());
        var names = 60_000;
        var random = new Random(5);

        for (var round = 0; round < 100; round++) {
            // When a few parts are lost, and what stands there is noise or zeros
            var harmed = bytes.clone();
            var gaps = new Gaps();
            var at = names + random.nextInt(100_000);
            while (at < harmed.length - 1000) {
                var length = Math.min(harmed.length - at, 1 + random.nextInt(round % 2 == 0 ? 300 : 300_000));
                var noise = new byte[length];
                if (round % 3 == 0) {
                    random.nextBytes(noise);
                }
                System.arraycopy(noise, 0, harmed, at, length);
                gaps.add(at, length);
                at += length + 1 + random.nextInt(1_000_000);
            }
            var out = new ByteArrayOutputStream();
            var result = DumpSalvage.mend(new ByteArrayInputStream(harmed), out, gaps);

            // Then all that came through reads as sound
            var again = new ByteArrayOutputStream();
            var second = DumpSalvage.mend(new ByteArrayInputStream(out.toByteArray()), again, new Gaps());
            assertThat(again.toByteArray()).isEqualTo(out.toByteArray());
            assertThat(second.damaged().count()).isZero();
            assertThat(second.whole().count())
                    .isGreaterThanOrEqualTo(result.whole().count());
        }
    }

    @Test
    void withoutNamesNothingIsSaved() throws Exception {
        var bytes = Files.readAllBytes(dump);
        for (var at : Stream.of(100, 20_500, 22_000).toList()) {
            var gaps = new Gaps();
            gaps.add(at, 10);

            assertThatThrownBy(
                            () -> DumpSalvage.mend(new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), gaps))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("names");
        }
    }
}
