package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a volume of two replica sets, out of dumps of real bricks. */
class FilesIT {
    /** What a mount shows of the first set. */
    private static final String FIRST = """
        mkdir -p docs/empty docs/deep && chmod 2750 docs/deep && chown 1234:2345 docs/deep
        echo plan >docs/plan && chmod 4711 docs/plan && chown 1234:2345 docs/plan && setfattr -n user.colour -v red docs/plan
        setfacl -m u:4321:r docs/plan && setfacl -d -m g:99:rwx docs/deep
        ln docs/plan docs/deep/second-name
        echo new >docs/$'a new\\nline' && echo bytes >docs/$'\\xff\\xfe' && echo back >'docs/back\\slash' && echo dash >docs/-dash
        truncate -s 20M docs/sparse && echo end >>docs/sparse
        ln -s ../plan docs/deep/link && mkfifo docs/pipe && mknod docs/null c 1 3
        touch docs/sticky && chmod 1000 docs/sticky
        find docs -exec touch -h -d '2020-02-02 02:02:02 UTC' {} +
        """;

    /** What only Gluster sees of it. */
    private static final String NOTES = """
        ln docs/plan .glusterfs/aa/bb/gfid
        touch docs/moved && chmod 1000 docs/moved && setfattr -n trusted.glusterfs.dht.linkto -v gv0-replicate-1 docs/moved
        touch -d '2020-02-02 02:02:02 UTC' docs
        setfattr -n trusted.gfid -v 0123456789abcdef docs/plan
        for file in docs/$'\\xff\\xfe' docs/$'a new\\nline' 'docs/back\\slash' docs/empty; do
          setfattr -n trusted.glusterfs.mdata -v 0x01MDATA "$file"
        done
        mkdir .glusterfs-anonymous-inode-1 .trashcan && touch .trashcan/gone
        """;

    /** 2020-02-02 02:02:03.000000042 UTC, and other times before and after it. */
    private static final String MDATA = "0".repeat(15) + "1" + "%016x%016x".formatted(7, 7)
            + "%016x%016x".formatted(1_580_608_923L, 42) + "%016x%016x".formatted(9, 9);

    private static final String SECOND = """
        mkdir -p docs/empty docs/deep && chmod 2750 docs/deep && chown 1234:2345 docs/deep
        setfacl -d -m g:99:rwx docs/deep
        seq 500000 >noise && echo moved >docs/moved && echo other >docs/deep/other && mkdir pictures && echo cat >pictures/cat
        find docs pictures noise -exec touch -h -d '2020-02-02 02:02:02 UTC' {} +
        """;

    @TempDir
    static Path shared = Path.of("unset");

    private static World world = new World(Path.of("unset"));
    private static Path original = Path.of("unset");

    @TempDir
    Path mount = Path.of("unset");

    @BeforeAll
    static void backUp() throws Exception {
        world = World.make(shared.resolve("world"), "age");
        store(0, "first", FIRST + NOTES.replace("MDATA", MDATA));
        store(2, "second", SECOND);
        original = Files.createDirectories(shared.resolve("original"));
        BrickDump.shell(original, FIRST + SECOND + """
            touch -d '2020-02-02 02:02:03 UTC' docs/$'\\xff\\xfe' docs/$'a new\\nline' 'docs/back\\slash' docs/empty
            """);
    }

    private static void store(int index, String name, String fill) throws Exception {
        var dump = BrickDump.make(shared, name, fill);
        try (var stream = Files.newInputStream(dump.file())) {
            world.store("brick/gv0/" + index + "/node-a", ArtifactKind.BRICK, stream, BrickDump.details("gv0", index));
        }
    }

    @BeforeEach
    void likeAMount() throws IOException {
        BrickDump.shell(mount, "chmod 755 .");
    }

    private Invocation restore(String... more) {
        var args = new java.util.ArrayList<>(java.util.List.of("files", "restore", "gv0", "--to", mount.toString()));
        args.addAll(java.util.List.of(more));
        return world.run(args.toArray(String[]::new));
    }

    /** What a mount shows of a tree, but for how many names a file has, and times of links, which xfsrestore does not set. */
    private static String seen(Path folder) throws IOException {
        return BrickDump.shell(folder, """
            export LC_ALL=C
            find . -mindepth 1 \\( -type l -printf '%P|%U:%G|%l\\0' -o -printf '%P|%y|%m|%U:%G|%s|%Ts\\0' \\) |
              sort -z | tr '\\0' '\\n'
            find . -type f -print0 | sort -z | xargs -0 sha256sum
            getfattr -R -h -d -m 'user\\.|trusted\\.|posix_acl' . | sort
            find . -type c -printf '%P ' -exec stat -c %t:%T {} +
            """);
    }

    private void nothingIsLeft() throws IOException {
        assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(world.root() + "/xfs-");
        for (var folder : java.util.List.of(world.root(), mount)) {
            assertThat(folder)
                    .isDirectoryNotContaining("glob:**xfs-*")
                    .isDirectoryNotContaining("glob:**names-*")
                    .isDirectoryNotContaining("glob:**copy-*")
                    .isDirectoryNotContaining("glob:**.clusterbackup-*");
        }
    }

    @Test
    void aWholeVolumeComesBackAsItWas() throws IOException {
        var run = restore("/");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(seen(mount)).isEqualTo(seen(original));
        assertThat(Files.getAttribute(mount.resolve("docs/plan"), "unix:ino"))
                .isEqualTo(Files.getAttribute(mount.resolve("docs/deep/second-name"), "unix:ino"));
        assertThat(BrickDump.shell(mount, "stat -c %b docs/sparse").strip()).hasSizeLessThan(4);
        nothingIsLeft();
    }

    @Test
    void timesAreThoseThatTheMountShowed() throws IOException {
        var run = restore("docs/\\xff\\xfe", "docs/a new\\x0aline", "docs/back\\\\slash", "docs/empty");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(BrickDump.shell(mount, "cd docs && find . -mindepth 1 -exec stat -c %.Y {} +")
                        .lines())
                .hasSize(4)
                .containsOnly("1580608923.000000042");
    }

    @Test
    void someComeBackAndNothingElse() throws IOException {
        // When a file of each set is asked for, and one that only bytes can name
        var run = restore("docs/moved", "/docs/plan/", "pictures", "docs/\\xff\\xfe", "docs/a new\\x0aline");

        // Then the parents have what they had, too
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(BrickDump.shell(mount, "find . -mindepth 1 ! -type d -print0 | sort -z | tr '\\0' '|'"))
                .isEqualTo("./docs/a new\nline|./docs/moved|./docs/plan|./docs/\u00ff\u00fe|./pictures/cat|");
        assertThat(BrickDump.shell(mount, "cat docs/moved; stat -c %a:%Y docs docs/plan"))
                .isEqualTo(BrickDump.shell(original, "cat docs/moved; stat -c %a:%Y docs docs/plan"));
        nothingIsLeft();
    }

    @Test
    void aFolderOfWhichASetHasNothingElseComesBack() throws IOException {
        // Given a dump that xfsrestore need not read to its end, since only a folder is asked of it
        var run = restore("docs/empty");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(mount.resolve("docs/empty")).isEmptyDirectory();
        nothingIsLeft();
    }

    @Test
    void whatIsThereIsNotTouchedUnlessTold() throws IOException {
        // Given
        BrickDump.shell(mount, "mkdir docs && echo mine >docs/plan && echo mine >docs/$'\\xff\\xfe'");

        // When, then
        var refused = restore("docs");
        assertThat(refused.code()).as(refused.err()).isEqualTo(16);
        assertThat(refused.err()).contains("docs/plan");
        var onlyBytes = restore("docs/\\xff\\xfe");
        assertThat(onlyBytes.code()).as(onlyBytes.err()).isEqualTo(16);
        assertThat(onlyBytes.err()).contains("docs/\\xff\\xfe");
        assertThat(BrickDump.shell(mount, "find . -type f | wc -l").strip()).isEqualTo("2");

        var kept = restore("docs", "--keep");
        assertThat(kept.code()).as(kept.err()).isZero();
        assertThat(kept.text()).contains("left 2 that are there");
        assertThat(mount.resolve("docs/plan")).hasContent("mine");
        assertThat(mount.resolve("docs/moved")).hasContent("moved");

        var replaced = restore("docs", "--overwrite");
        assertThat(replaced.code()).as(replaced.err()).isZero();
        assertThat(mount.resolve("docs/plan")).hasContent("plan");
        nothingIsLeft();
    }

    /** What it leaves is what a kill in the middle of the moves leaves. */
    @Test
    void whatABrokenRestoreBroughtCountsAsDone() throws IOException {
        // Given a restore that got as far as the first folder
        BrickDump.shell(mount, "mkdir docs pictures && chattr +i pictures");
        try {
            assertThat(restore("docs", "pictures").code()).isEqualTo(1);
        } finally {
            BrickDump.shell(mount, "chattr -i pictures");
        }
        assertThat(mount.resolve("docs/plan")).exists();
        assertThat(mount.resolve("pictures")).isEmptyDirectory();

        // When something of it was changed meanwhile
        var moved = Files.readString(mount.resolve("docs/moved"));
        Files.writeString(mount.resolve("docs/moved"), "mine\n");
        var changed = restore("docs", "pictures");
        Files.writeString(mount.resolve("docs/moved"), moved);
        var again = restore("docs", "pictures");
        var third = restore("docs", "pictures");

        // Then that is not touched, and the rest comes
        assertThat(changed.code()).as(changed.err()).isEqualTo(16);
        assertThat(changed.err()).contains("docs/moved; nothing was restored");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.err()).contains("did not end before");
        assertThat(again.text()).contains(" there already");
        assertThat(mount.resolve("pictures/cat")).hasContent("cat");
        assertThat(third.code()).as("what ended is over").isEqualTo(16);
        nothingIsLeft();
    }

    @Test
    void aMountThatADeadOneLeftIsGone() throws IOException {
        BrickDump.shell(world.root(), """
            mkdir -m 700 xfs-dead && cd xfs-dead && touch owner && truncate -s 400M image && mkfs.xfs -q image
            mkdir mount && mount -o loop image mount && rm image
            """);

        assertThat(restore("pictures").code()).isZero();

        nothingIsLeft();
    }

    @Test
    void aFolderIsNotReplacedByAFileNorALinkFollowed() throws IOException {
        // Given
        BrickDump.shell(mount, "mkdir -p docs/plan elsewhere && ln -s elsewhere pictures");

        // When, then
        assertThat(restore("docs/plan", "--overwrite").code()).isEqualTo(16);
        assertThat(restore("pictures/cat", "--overwrite").code()).isEqualTo(16);
        assertThat(mount.resolve("elsewhere")).isEmptyDirectory();
        assertThat(mount.resolve("docs/plan")).isEmptyDirectory();
        nothingIsLeft();
    }

    @Test
    void aPathThatIsNotThereRestoresNothing() throws IOException {
        var run = restore("docs/plan", "docs/no such");

        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(run.err()).contains("docs/no such").doesNotContain("docs/plan");
        assertThat(mount).isEmptyDirectory();
        nothingIsLeft();
    }

    @Test
    void aSpoolThatIsTooSmallRestoresNothing() throws IOException {
        // Given a spool that holds the working files of reading, and not the file
        var spool = Files.createDirectories(shared.resolve("small"));
        BrickDump.shell(spool, "mount -t tmpfs -o size=20m none .");
        try {
            // When
            var run = restore("docs/sparse", "--spool", spool.toString());

            // Then
            assertThat(run.code()).as(run.err()).isNotZero();
            assertThat(mount).isEmptyDirectory();
            assertThat(spool).isEmptyDirectory();
        } finally {
            BrickDump.shell(shared, "umount small");
        }
    }

    @Test
    void namesAreListedAsTheMountShowsThem() throws IOException {
        var root = world.run("files", "list", "gv0");
        assertThat(root.text()).isEqualTo("docs/\nnoise\npictures/\n");
        assertThat(root.err()).contains("brick/gv0/0/node-a").contains("brick/gv0/2/node-a");

        var docs = world.run("files", "list", "gv0@latest", "docs");
        assertThat(docs.text().lines())
                .containsExactly(
                        "docs/",
                        "docs/-dash",
                        "docs/a new\\x0aline",
                        "docs/back\\\\slash",
                        "docs/deep/",
                        "docs/empty/",
                        "docs/moved",
                        "docs/null",
                        "docs/pipe",
                        "docs/plan",
                        "docs/sparse",
                        "docs/sticky",
                        "docs/\\xff\\xfe");

        var found = world.run("files", "find", "gv0", "*e*o*", "--output", "json");
        var files = new JsonMapper().readTree(found.text()).path("files");
        assertThat(files.findValuesAsText("path")).containsExactly("docs/deep/other", "docs/deep/second-name");
        nothingIsLeft();
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertThat(world.run("files", "list", "gv0", "nowhere").code()).isEqualTo(1);
        assertThat(world.run("files", "find", "gv0", "*nowhere*").code()).isEqualTo(1);
        assertThat(world.run("files", "list", "gv1").code()).isEqualTo(1);
        assertThat(world.run("files", "list", "gv0@no-such-run").code()).isEqualTo(1);
        assertThat(world.run("files", "list", "gv0", "../etc").code()).isEqualTo(2);
        assertThat(restore("docs", "--keep", "--overwrite").code()).isEqualTo(2);
    }

    @Test
    void aDryRunWritesNothing() throws IOException {
        var run = restore("pictures", "docs/moved", "--dry-run");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text()).isEqualTo("docs/moved\npictures/\npictures/cat\n");
        assertThat(mount).isEmptyDirectory();
    }
}
