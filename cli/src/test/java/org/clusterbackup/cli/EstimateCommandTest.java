package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerBody;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.ledger.Retirement;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimateCommandTest {
    private static final SourceName SOURCE = new SourceName("provisioner/site");
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));

    @BeforeEach
    void aTarget() {
        world = World.make(folder, "age");
    }

    private Invocation estimate(String... more) {
        return world.run(Stream.concat(Stream.of("estimate"), Stream.of(more)).toArray(String[]::new));
    }

    private JsonNode json(String... more) throws IOException {
        var run = estimate(
                Stream.concat(Stream.of("--output", "json"), Stream.of(more)).toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return new JsonMapper().readTree(run.text());
    }

    private String target() {
        return world.target().toString();
    }

    private void store(String contents) throws IOException {
        var file = Files.writeString(folder.resolve("file"), contents);
        var run = world.run("store", "-r", target(), "--source", SOURCE.value(), file.toString());
        assertThat(run.code()).as(run.err()).isZero();
    }

    private void enter(LedgerBody body) throws Exception {
        var keys = new KeysDirectory(world.keys());
        try (var store = Stores.open(target(), StoreOptions.defaults())) {
            var repository = Repository.open(store, AllowedSigners.read(keys.allowedSigners()));
            new Ledger(repository).append(body, Map.of(), SigningKey.read(keys.signingKey("operator")));
        }
    }

    @Test
    void anEmptyRepositoryTellsNothing() throws Exception {
        var run = estimate("-r", target());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text()).contains("has no artifact yet");
        assertThat(json("-r", target()).get("sources")).isEmpty();
    }

    @Test
    void whatIsThereIsCountedWithoutAnIdentity() throws Exception {
        for (var contents : List.of("one", "two", "three")) {
            store(contents);
        }
        Files.delete(world.keys().resolve("identity.txt"));

        var document = json("-r", target(), "--every", "1d", "--keep-within", "20d");

        var source = document.at("/sources/0");
        assertThat(source.get("source").textValue()).isEqualTo(SOURCE.value());
        assertThat(source.get("artifacts").intValue()).isEqualTo(3);
        assertThat(source.get("restsOnRuns").intValue()).isEqualTo(2);
        assertThat(source.get("keptNow").intValue()).isEqualTo(3);
        assertThat(source.get("keptInAYear").intValue()).isEqualTo(20);
        assertThat(source.get("addedBytesPerYear").longValue())
                .isBetween(
                        source.get("addedBytesPerRun").longValue() * 365,
                        (source.get("addedBytesPerRun").longValue() + 1) * 365);
        assertThat(document.get("packs").intValue()).isEqualTo(3);
        assertThat(document.get("bytes").longValue())
                .isEqualTo(bytes(world.target().resolve("packs")));
        assertThat(document.get("assumed")).isNotEmpty();
    }

    @Test
    void thePersonSeesWhatIsAssumed() throws Exception {
        store("one");

        var run = estimate("-r", target(), "--keep-daily", "7", "--bandwidth", "10");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text())
                .containsPattern(SOURCE + " +1 ")
                .contains("(assumed)", "assumed:", "keep daily 7", "10.0 MiB/s", "at most ");
        assertThat(estimate("-r", target()).text()).contains("nothing is ever deleted");
    }

    @Test
    void theLedgerTellsOfRunsThatFailedOrWereDeletedAndOfWhatIsRetired() throws Exception {
        store("one");
        // Given artifacts of earlier days that were deleted since, and two runs that got nothing, one of them told
        // twice
        var now = Instant.now();
        var deleted = new ArrayList<Deletion.Deleted>();
        for (var day = 1; day <= 3; day++) {
            var time = now.minus(Duration.ofDays(day));
            deleted.add(new Deletion.Deleted(
                    SOURCE,
                    ArtifactId.at(time, new Random(day)),
                    Sha256.of(new byte[0]),
                    Optional.of(new Deletion.Arrival(time, time))));
        }
        enter(new Deletion(deleted, "test"));
        for (var run : List.of("a", "b", "b")) {
            var missing = new RecoveryPoint.Missing(SOURCE, "it failed");
            enter(new RecoveryPoint(run, RecoveryPoint.Status.PARTIAL, List.of(), List.of(missing), List.of()));
        }

        var before = json("-r", target(), "--keep-daily", "7").at("/sources/0");
        enter(new Retirement(SOURCE, Sha256.of(new byte[0])));
        var after = json("-r", target(), "--keep-daily", "7").at("/sources/0");

        assertThat(before.get("missedRuns").intValue()).isEqualTo(2);
        assertThat(before.get("everySeconds").longValue()).isBetween(86_399L, 86_401L);
        assertThat(before.get("restsOnRuns").intValue())
                .as("it is not the first")
                .isEqualTo(1);
        assertThat(before.get("retired").booleanValue()).isFalse();
        assertThat(before.get("keptInAYear").intValue()).isEqualTo(7);
        assertThat(after.get("retired").booleanValue()).isTrue();
        assertThat(after.get("keptInAYear").intValue()).isEqualTo(1);
        assertThat(after.get("addedBytesPerYear").longValue()).isZero();
        assertThat(estimate("-r", target()).text()).contains("1, 2 missed").contains("retired");
    }

    @Test
    void whatCannotBeBelievedIsSaidAndLeftOut() throws Exception {
        store("one");
        store("two");
        try (var files = Files.walk(world.target().resolve("artifacts"))) {
            World.flip(
                    files.filter(file -> file.endsWith("manifest.json"))
                            .findFirst()
                            .orElseThrow(),
                    40);
        }

        var run = estimate("-r", target());

        assertThat(run.code()).isEqualTo(13);
        assertThat(run.err()).contains("manifest.json").contains("it is left out");
        assertThat(run.text()).contains("now 1 artifacts of 1 sources");
    }

    @Test
    void aPlaceIsCountedWithEveryFileOnce() throws Exception {
        // Given a file of random bytes with two names, one of zeros, a link and an empty folder
        var place = Files.createDirectory(folder.resolve("place"));
        var bytes = new byte[2 * MIB];
        new Random(1).nextBytes(bytes);
        Files.write(place.resolve("random"), bytes);
        Files.createLink(place.resolve("again"), place.resolve("random"));
        Files.write(place.resolve("zeros"), new byte[2 * MIB]);
        Files.createSymbolicLink(place.resolve("link"), Path.of("random"));
        Files.createDirectory(place.resolve("empty"));

        var document = json("--place", place.toString(), "--read-rate", "1", "--change", "10", "--keep-daily", "7");

        var found = document.at("/places/0");
        assertThat(found.get("files").intValue()).isEqualTo(5);
        assertThat(found.get("usedBytes").longValue()).isEqualTo(4 * MIB);
        assertThat(found.get("whole").booleanValue()).isFalse();
        assertThat(found.get("sampledBytes").longValue()).isBetween(4L * MIB, 6L * MIB);
        assertThat(found.get("storedBytes").longValue())
                .as("the zeros weigh nothing")
                .isBetween(2L * MIB, 3L * MIB);
        assertThat(found.get("firstRunSeconds").longValue()).isEqualTo(4);
        assertThat(found.get("keptInAYear").intValue()).isEqualTo(7);
        assertThat(found.get("addedBytesPerRun").longValue())
                .isEqualTo(found.get("storedBytes").longValue() / 10);
        assertThat(document.get("firstRunSeconds").longValue()).isEqualTo(4);
    }

    @Test
    void aSlowLineDecidesHowLongTheFirstRunTakes() throws Exception {
        var place = Files.createDirectory(folder.resolve("place"));
        Files.write(place.resolve("zeros"), new byte[5 * MIB]);

        var document = json("--place", place.toString(), "--sample", "0", "--read-rate", "1000", "--bandwidth", "1");

        assertThat(document.get("firstRunSeconds").longValue()).isEqualTo(5);
        assertThat(document.get("assumed").toString()).contains("nothing compresses");
    }

    @Test
    void anEmptyPlaceIsAPlace() throws Exception {
        var place = Files.createDirectory(folder.resolve("place"));

        var run = estimate("--place", place.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text()).contains(place + " ", "0 B", "assumed:");
    }

    @Test
    void whatCannotBeIsRefused() {
        for (var line : List.of(
                "-r {target} --place /tmp",
                "--place {target}/repository.json",
                "--place {target}/gone",
                "--place {target} --sample 0",
                "--place {target} --read-rate 0",
                "-r {target} --change 101",
                "-r {target} --change NaN",
                "-r {target} --every 0s",
                "-r {target} --keep-last 3",
                "-r {target} --keep-daily x")) {
            var run = estimate(line.replace("{target}", target()).split(" "));

            assertThat(run.code()).as(line).isEqualTo(2);
            assertThat(run.text()).as(line).isEmpty();
        }
    }

    private static long bytes(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
