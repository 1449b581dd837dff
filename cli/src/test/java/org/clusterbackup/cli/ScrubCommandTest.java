package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scrub}, and {@code copy --repair}, which mends what it finds. */
class ScrubCommandTest {
    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));
    private Path pack = Path.of("unset");

    @BeforeEach
    void anArtifactAtATarget() throws Exception {
        world = World.make(folder, "none");
        world.storeTree();
        good("copy", world.staging().toString(), target());
        pack = world.target()
                .resolve(world.staging()
                        .relativize(
                                world.files(name -> name.startsWith("packs/")).getFirst()));
    }

    private String target() {
        return world.target().toString();
    }

    private Invocation good(String... args) {
        var run = world.run(args);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private Invocation repair(String... more) {
        var args = new ArrayList<>(List.of("copy", world.staging().toString(), target(), "--repair"));
        args.addAll(List.of(more));
        return world.run(args.toArray(String[]::new));
    }

    private long entries() throws IOException {
        try (var ledger = Files.walk(world.target().resolve("ledger"))) {
            return ledger.filter(file -> file.toString().endsWith(".json")).count();
        }
    }

    private String name() {
        return String.valueOf(pack.getFileName());
    }

    @Test
    void whatIsWholeIsReadAndEntered() throws Exception {
        Files.createDirectories(world.target().resolve("ledger"));
        var dry = good("scrub", "-r", target(), "--all", "--dry-run");
        assertThat(entries()).isZero();

        var run = good("scrub", "-r", target(), "--all");

        assertThat(dry.text()).contains(": would read 1 of 1 packs (");
        assertThat(run.text())
                .contains(": read 1 of 1 packs (")
                .contains(", 0 damaged or missing; the oldest proof is of");
        assertThat(entries()).isOne();
        good("verify", "-r", target(), "--read-data");
    }

    @Test
    void aFlippedBitIsNamedAndRepaired() throws Exception {
        World.flip(pack, 100);
        var found = world.run("scrub", "-r", target(), "--output", "json");
        assertThat(found.code()).isEqualTo(14);
        assertThat(new JsonMapper().readTree(found.text()).at("/damaged/0/pack").asText())
                .isEqualTo(name());
        assertThat(world.run("scrub", "-r", target(), "--dry-run").code()).isEqualTo(14);

        var dry = repair("--dry-run");
        assertThat(dry.code()).isZero();
        assertThat(dry.text()).containsPattern(name() + " +would replace");
        var run = repair("--known");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text()).containsPattern(name() + " +whole");
        good("scrub", "-r", target(), "--dry-run");
        good("verify", "-r", target(), "--read-data");
    }

    @Test
    void aRepairFindsByItselfWhatNobodyKnows() throws Exception {
        World.flip(pack, 100);
        var known = repair("--known");
        assertThat(known.code()).as("nothing is known: " + known.err()).isZero();

        var run = repair("--output", "json");

        assertThat(run.code()).as(run.err()).isZero();
        var document = new JsonMapper().readTree(run.text());
        assertThat(document.at("/packs/0/status").asText()).isEqualTo("whole");
        assertThat(document.at("/artifacts/0/status").asText()).isEqualTo("verified");
        good("verify", "-r", target(), "--read-data");
    }

    @Test
    void whatTheOtherCopyHasNotEitherIsNamed() throws Exception {
        Files.delete(pack);
        World.flip(world.staging().resolve(world.target().relativize(pack)), 100);

        var run = repair("--known");

        assertThat(run.code()).isEqualTo(14);
        assertThat(run.err()).contains(name()).contains("is not repaired");
        assertThat(world.run("scrub", "-r", target(), "--dry-run").err())
                .contains("is missing, and an artifact needs it");
    }

    @Test
    void thePageOfOperationsIsRunAsItStands() throws Exception {
        World.flip(pack, 100);
        world.run("scrub", "-r", target(), "--all");
        var options = Files.writeString(folder.resolve("target.options"), "-r\n" + target() + "\n");
        var access = Files.createFile(folder.resolve("access.options"));
        var codes = new ArrayList<Integer>();
        for (var line : Files.readAllLines(Path.of("../docs/operations/scrub.md"))) {
            if (line.startsWith("clusterbackup ")) {
                var words = line.replace(" || test $? = 14", "")
                        .substring("clusterbackup ".length())
                        .replace("@target.options", "@" + options)
                        .replace("@access.options", "@" + access)
                        .replace("\"$OTHER\"", world.staging().toString())
                        .replace("\"$TARGET\"", target());
                codes.add(world.run(words.split(" ")).code());
            }
        }

        assertThat(codes).containsExactly(14, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "scrub -r {target} --all --bytes 5, 2",
        "scrub -r {target} --bytes 5Q, 2",
        "scrub -r {target} --bytes -1, 2",
        "scrub -r {staging}, 2",
        "copy {staging} {target} --known, 2",
        "scrub -r {target} --all --signing-key {keys}/signing/nobody, 12",
        "scrub -r {target} --all --signing-key {keys}/signing/provisioner, 13",
        "copy {staging} {target} --repair --signing-key {keys}/signing/provisioner, 13"
    })
    void whatCannotBeIsRefusedAndNothingIsEntered(String line, int code) {
        var args = line.replace("{target}", target())
                .replace("{staging}", world.staging().toString())
                .replace("{keys}", world.keys().toString())
                .split(" ");

        assertThat(world.run(args).code()).isEqualTo(code);

        assertThat(world.target().resolve("ledger")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 1000", "3K, 3072", "2M, 2097152", "1T, 1099511627776"})
    void bytesAreCountedByPowersOf1024(String text, long bytes) {
        assertThat(new ByteCount().convert(text)).isEqualTo(bytes);
    }
}
