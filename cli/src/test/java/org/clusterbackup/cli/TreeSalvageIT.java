package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.clusterbackup.cli.tar.Destination;
import org.clusterbackup.cli.tar.Selection;
import org.clusterbackup.cli.tar.TreeSource;
import org.clusterbackup.cli.tar.Unpacking;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a tar of which parts are lost, unpacked by the real tar. */
class TreeSalvageIT {
    /** Small files, some of the longest names, large ones, holes, links: 50 MB, which is three packs or more. */
    private static final String FILL = """
        mkdir small large
        for i in $(seq 100 300); do head -c $((i * 17)) /dev/urandom >small/$i; done
        long=$(printf 'n%.0s' $(seq 200))
        for i in 1 2 3; do seq $i 9000 >small/$long$i; ln small/$long$i small/z-link$i; done
        for i in $(seq 10 60); do head -c 900000 /dev/urandom >large/$i; ln large/$i large/link$i; done
        truncate -s 3M small/holes && head -c 5000 /dev/urandom >>small/holes
        setfattr -n user.number -v 1 small/100
        ln -s 100 small/symbolic && mkfifo small/pipe && touch -d @1000000000 small/1*
        """;

    @TempDir
    static Path shared = Path.of("unset");

    @TempDir
    Path folder = Path.of("unset");

    private static World world = new World(Path.of("unset"));
    private static Path tree = Path.of("unset");

    @BeforeAll
    static void backUp() throws Exception {
        world = World.make(shared.resolve("world"), "none");
        tree = Files.createDirectories(shared.resolve("tree"));
        BrickDump.shell(tree, FILL);
        assertThat(world.run("store", "--source", World.TREE, tree.toString()).code())
                .isZero();
    }

    private static Set<String> names() throws IOException {
        try (var all = Files.walk(tree)) {
            var names = new TreeSet<String>();
            all.filter(file -> !Files.isDirectory(file))
                    .forEach(file -> names.add(tree.relativize(file).toString()));
            return names;
        }
    }

    /** @return what of the tree is neither named nor as it was */
    private static Set<String> notAsItWas(Path restored, Set<String> named) throws IOException {
        var wrong = new TreeSet<String>();
        for (var name : names()) {
            var was = tree.resolve(name);
            var is = restored.resolve(tree.toString().substring(1)).resolve(name);
            if (named.contains(name) || !Files.exists(is, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            if (Files.isRegularFile(was, LinkOption.NOFOLLOW_LINKS) && Files.mismatch(was, is) >= 0) {
                wrong.add(name);
            }
        }
        return wrong;
    }

    private static String inTree(String name) {
        return name.replace(tree.toString().substring(1) + "/", "");
    }

    @Test
    void whatIsNotNamedIsAsItWas() throws Exception {
        // Given
        var harmed = world.copyTo(folder.resolve("harmed"));
        var packs = harmed.files(name -> name.startsWith("packs/"));
        assertThat(packs).hasSizeGreaterThan(2);
        Files.delete(packs.getFirst());
        World.flip(packs.getLast(), 1000);
        var to = folder.resolve("to");

        // When
        var run = harmed.run(
                "restore", "tree", World.TREE + "@latest", "--to", to.toString(), "--salvage", "--output", "json");

        // Then
        assertThat(run.code()).as(run.err()).isEqualTo(14);
        var said = new JsonMapper().readTree(run.out());
        assertThat(said.path("lostBytes").asLong()).isPositive();
        var named = new HashSet<String>();
        said.path("damaged").forEach(name -> named.add(inTree(name.asText())));
        said.path("missing").forEach(name -> named.add(inTree(name.asText())));
        assertThat(named).isNotEmpty().hasSizeLessThan(200);
        assertThat(notAsItWas(to, named)).isEmpty();
        var saved = new ArrayList<>(names());
        saved.removeIf(name ->
                !Files.exists(to.resolve(tree.toString().substring(1)).resolve(name), LinkOption.NOFOLLOW_LINKS));
        assertThat(saved).hasSizeGreaterThan(10);
    }

    /** Whichever pack it is, whole members lie outside it; whether one is cut, or a link loses its file, depends on which. */
    @Test
    void aDryRunNamesWhatIsLeftAndWritesNothing() throws Exception {
        var harmed = world.copyTo(folder.resolve("harmed"));
        var to = folder.resolve("to");
        for (var pack : harmed.files(name -> name.startsWith("packs/"))) {
            var bytes = Files.readAllBytes(pack);
            Files.delete(pack);

            var run = harmed.run(
                    "restore", "tree", World.TREE + "@latest", "--to", to.toString(), "--salvage", "--dry-run");

            assertThat(run.code()).as(run.err()).isEqualTo(14);
            assertThat(run.text().lines()).allMatch(line -> line.matches("(whole|damaged|missing|gap of) .*"));
            assertThat(run.text()).contains("whole ").contains("gap of ");
            assertThat(to).doesNotExist();
            Files.write(pack, bytes);
        }
    }

    @Test
    void whereNothingIsLostThatIsSaid() throws Exception {
        var state = folder.resolve("state");
        Files.createDirectories(state);
        Files.writeString(state.resolve("file"), "content");
        var own = world.copyTo(folder.resolve("own"));
        try (var source = TreeSource.of(List.of(state))) {
            own.storeBytes(
                    "host/node-a", ArtifactKind.HOST_STATE, source.stream().readAllBytes());
        }

        var run = own.run(
                "restore",
                "host-state",
                "host/node-a@latest",
                "--to",
                folder.resolve("to").toString(),
                "--salvage");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("nothing of host/node-a/").contains(" is lost");
    }

    /** Wherever gaps are, tar takes what comes through without a complaint, and what is not named is as it was. */
    @Test
    void whereverAGapIs() throws Exception {
        byte[] bytes;
        try (var source = TreeSource.of(List.of(tree.resolve("small")))) {
            bytes = source.stream().readAllBytes();
        }
        var random = new Random(3);
        for (var round = 0; round < 15; round++) {
            var to = Files.createDirectories(folder.resolve("to" + round));
            var heard = new Heard();
            try (var unpacking =
                    Unpacking.start(new Destination(to, Optional.empty()), new Selection(List.of()), true, heard)) {
                unpacking.expectLosses();
                var in = new ByteArrayInputStream(bytes);
                while (in.available() > 0) {
                    unpacking.sink().write(in.readNBytes(1 + random.nextInt(200_000)));
                    unpacking.lost(in.skip(1 + random.nextInt(round % 2 == 0 ? 300 : 30_000)));
                }
                unpacking.finish();
            }
            assertThat(heard.complaints).as("round %s", round).isEmpty();
            assertThat(notAsItWas(to, heard.named)).as("round %s", round).isEmpty();
        }
    }

    private static final class Heard implements Unpacking.Listener {
        private final Set<String> named = new HashSet<>();
        private final List<String> complaints = new ArrayList<>();

        @Override
        public void taken(String name) {}

        @Override
        public void refused(String name, String reason) {
            complaints.add(name + ": " + reason);
        }

        @Override
        public void said(String line) {
            complaints.add(line);
        }

        @Override
        public void damaged(String name) {
            named.add(inTree(name));
        }

        @Override
        public void missing(String name) {
            named.add(inTree(name));
        }
    }
}
