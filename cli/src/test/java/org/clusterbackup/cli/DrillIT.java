package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;
import org.clusterbackup.repository.store.testing.Programs;
import org.clusterbackup.repository.store.testing.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Drills of a recovery point with one real artifact of each kind, and of one whose manifests lie. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrillIT {
    private static final String BRICK = World.BRICK;
    private static final String ETCD = "etcd/main";
    private static final String OBJECTS = "kubernetes/main";
    private static final String STREAM = "database/shop";
    private final Path tools = EtcdCluster.programs();
    private static final int FILES = 4;

    private final World world;
    private final byte[] dump;
    private final byte[] snapshot;
    private final long keys;
    private final long revision;

    @TempDir
    Path folder = Path.of("unset");

    DrillIT(@TempDir Path shared) throws Exception {
        dump = dump(shared);
        try (var etcd = EtcdCluster.start(shared.resolve("etcd"), 1)) {
            etcd.fill("/x/", 5, 1000);
            var counted = etcd.cluster().survey().keys();
            keys = counted.count();
            revision = counted.revision();
            try (var taken = Member.open(etcd.cluster().endpoints().getFirst(), etcd.access())
                    .snapshot()) {
                snapshot = taken.stream().readAllBytes();
            }
        }
        world = World.make(Files.createDirectories(shared.resolve("world")), "age");
        world.storeTree();
        world.storeBytes(STREAM, ArtifactKind.STREAM, bytes(300_000));
        storeMeasured(FILES, keys, 2);
        world.enterRecoveryPoint("good");
        storeMeasured(FILES + 1, keys + 1, 3);
        world.enterRecoveryPoint("lies");
    }

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** What has counts in its manifest. */
    private void storeMeasured(int files, long keysSaid, int objectsSaid) throws Exception {
        var brick = JsonLayout.object().put("files", files);
        brick.putObject("filesystem").put("usedBytes", 2_000_000);
        world.store(BRICK, ArtifactKind.BRICK, new ByteArrayInputStream(dump), brick);
        var etcd = JsonLayout.object()
                .put("revision", revision)
                .put("keys", keysSaid)
                .put("keysRevision", revision);
        world.store(ETCD, ArtifactKind.ETCD, new ByteArrayInputStream(snapshot), etcd);
        world.store(
                OBJECTS,
                ArtifactKind.KUBERNETES,
                new ByteArrayInputStream(TwoObjects.archive()),
                JsonLayout.object().put("objects", objectsSaid).put("resources", 2));
    }

    private static byte[] dump(Path folder) throws IOException {
        var dump = BrickDump.make(folder, "brick", """
                head -c 1000000 /dev/urandom >one; ln one .glusterfs/1
                echo two >two; ln -s two link; mkfifo pipe
                setfattr -n trusted.gfid -v 0x01 one
                """);
        return Files.readAllBytes(dump.file());
    }

    private Invocation drill(World world, String... more) {
        var environment = new HashMap<>(world.environment());
        environment.put("CLUSTERBACKUP_REPOSITORY", world.target().toString());
        var args = new ArrayList<>(List.of("drill", "--output", "json"));
        for (var program : List.of("--tools=" + tools, "--kube-apiserver=/none")) {
            if (!List.of(more).contains(program.substring(0, program.indexOf('=')))) {
                args.add(program);
            }
        }
        args.addAll(Arrays.asList(more));
        return Invocation.in(environment, args.toArray(String[]::new));
    }

    private static JsonNode json(Invocation run) throws IOException {
        return JsonMapper.builder().build().readTree(run.text());
    }

    private static Map<String, String> results(Invocation run) throws IOException {
        var results = new HashMap<String, String>();
        json(run)
                .path("sources")
                .forEach(row -> results.put(
                        row.path("source").asText(), row.path("result").asText()));
        return results;
    }

    private static ObjectNode row(Invocation run, String source) throws IOException {
        for (var row : json(run).path("sources")) {
            if (row.path("source").asText().equals(source)) {
                return (ObjectNode) row;
            }
        }
        throw new AssertionError(source + " is not in " + run.text());
    }

    private static List<String> reports(World world) throws IOException {
        var drills = world.target().resolve("drills");
        if (!Files.exists(drills)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(drills)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private World copy() {
        return world.copyTo(folder.resolve("world"));
    }

    @Test
    void everySourceComesBackAndASignedReportSaysSo() throws Exception {
        var mine = copy();

        var run = drill(mine, "good", "--max-time", "1h");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(results(run))
                .isEqualTo(Map.of(
                        BRICK, "restored", ETCD, "restored", World.TREE, "restored", STREAM, "read", OBJECTS, "read"));
        assertThat(row(run, BRICK).at("/counts/files").asLong()).isEqualTo(FILES);
        assertThat(row(run, ETCD).at("/counts/keys").asLong()).isEqualTo(keys);
        assertThat(row(run, World.TREE).at("/counts/members").asLong()).isEqualTo(7);
        assertThat(row(run, STREAM).path("streamBytes").asLong()).isEqualTo(300_000);
        assertThat(row(run, OBJECTS).path("message").asText()).contains("not restored: there is no /none");
        assertThat(json(run).path("identityProved").asBoolean()).isTrue();
        assertThat(json(run).path("report").asText())
                .isEqualTo("drills/" + reports(mine).getFirst());
        assertThat(reports(mine)).hasSize(2);
        var verified = mine.run("verify", "-r", mine.target().toString());
        assertThat(verified.code()).as(verified.err()).isZero();
        try (var left = Files.list(mine.root())) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .as("the spool is as it was")
                    .containsExactlyInAnyOrder("keys", "staging", "target", "tree");
        }
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
    }

    @Test
    void manifestsThatLieAreNamedAndTheOthersAreProved() throws Exception {
        var mine = copy();

        var run = drill(mine);

        assertThat(run.code()).as(run.err()).isEqualTo(19);
        assertThat(results(run))
                .isEqualTo(Map.of(
                        BRICK, "restored", ETCD, "failed", World.TREE, "restored", STREAM, "read", OBJECTS, "failed"));
        assertThat(row(run, BRICK).at("/counts/vanished").asLong()).isEqualTo(1);
        assertThat(row(run, ETCD).path("message").asText()).contains("manifest says " + (keys + 1));
        assertThat(row(run, OBJECTS).path("message").asText()).contains("2 objects, and its manifest says 3");
        assertThat(run.err()).contains(ETCD + "/", "would not come back");
        assertThat(json(run).path("run").asText()).isEqualTo("lies");
        assertThat(reports(mine)).as("a failure is reported, too").hasSize(2);
    }

    @Test
    void damagedPackFailsItsSourceAlone() throws Exception {
        var mine = copy();
        String pack;
        try (var store = Stores.open(mine.target().toString(), StoreOptions.defaults())) {
            var repository =
                    Repository.open(store, AllowedSigners.read(new KeysDirectory(mine.keys()).allowedSigners()));
            var ref = new Artifacts(store).resolve(STREAM + "@latest");
            var manifest = new Manifests(store, repository.description().repository(), repository.signers())
                    .read(ref)
                    .manifest();
            pack = PackList.read(store, manifest).name(1).hex();
        }
        World.flip(mine.target().resolve("packs/" + pack.substring(0, 2) + "/" + pack), 500);

        var run = drill(mine, "good", "--source", "database/*", "--source", "provisioner/*");

        assertThat(run.code()).as(run.err()).isEqualTo(19);
        assertThat(results(run)).isEqualTo(Map.of(STREAM, "failed", World.TREE, "restored"));
        assertThat(row(run, STREAM).path("message").asText()).contains(pack);
        assertThat(row(run, STREAM).path("failure").asText()).isEqualTo("damaged");
    }

    @Test
    void anotherIdentityOpensNothingAndKeysCheckSaysSoAtOnce() throws Exception {
        var mine = copy();
        var others = folder.resolve("others");
        assertThat(Invocation.of("keys", "generate", others.toString()).code()).isZero();
        Files.copy(
                others.resolve("identity.txt"),
                mine.keys().resolve("identity.txt"),
                StandardCopyOption.REPLACE_EXISTING);

        var run = drill(mine, "good", "--no-report");
        var check = mine.run("keys", "check", "-r", mine.target().toString());

        assertThat(run.code()).as(run.err()).isEqualTo(19);
        assertThat(results(run).values()).containsOnly("failed");
        assertThat(row(run, ETCD).path("failure").asText()).isEqualTo("no-key");
        assertThat(json(run).path("identityProved").asBoolean()).isFalse();
        assertThat(reports(mine)).isEmpty();
        assertThat(check.code()).as(check.err()).isEqualTo(12);
        assertThat(check.err()).contains(ETCD + "/", BRICK + "/", "does not open");
    }

    @Test
    void spoolThatIsTooSmallFailsWhatNeedsMore() throws Exception {
        try (var disk = SmallDisk.mount(folder)) {
            var spool = disk.folder();
            Files.write(spool.resolve("taken"), bytes(21_000_000));

            var run = drill(copy(), "good", "--no-report", "--spool", spool.toString());

            assertThat(run.code()).as(run.err()).isEqualTo(19);
            assertThat(results(run)).containsEntry(BRICK, "failed").containsEntry(STREAM, "read");
            assertThat(row(run, BRICK).path("failure").asText()).isEqualTo("no-space");
            try (var left = Files.list(spool)) {
                assertThat(left).hasSize(1);
            }
        }
    }

    @Test
    void longerThanItMayIsAFailureAlthoughEverythingCameBack() throws Exception {
        var run = drill(world, "good", "--no-report", "--source", STREAM, "--max-time", "0s");

        assertThat(run.code()).isEqualTo(19);
        assertThat(run.err()).contains("the drill took", "and may take 0.0 s");
        assertThat(results(run)).isEqualTo(Map.of(STREAM, "read"));
        assertThat(json(run).path("ok").asBoolean()).isFalse();
    }

    @Test
    void withoutEtcdsProgramsTheSnapshotsOwnChecksumIsProved() throws Exception {
        var run = drill(world, "good", "--no-report", "--source", ETCD, "--tools", folder.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(results(run)).isEqualTo(Map.of(ETCD, "read"));
        assertThat(row(run, ETCD).path("message").asText()).contains("not started", "etcdutl");
    }

    @Test
    void objectsComeBackIntoAnApiServer() throws Exception {
        var program = Programs.require("KUBE_APISERVER", "kube-apiserver");
        var spool = Files.createDirectories(folder.resolve("spool"));
        var fromHere = Path.of("").toAbsolutePath().relativize(spool);

        var run = drill(
                world,
                "good",
                "--no-report",
                "--source",
                OBJECTS,
                "--spool",
                fromHere.toString(),
                "--kube-apiserver",
                program.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(results(run)).isEqualTo(Map.of(OBJECTS, "restored"));
        assertThat(row(run, OBJECTS).path("counts")).hasToString("{\"created\":2,\"objects\":2,\"resources\":2}");
        assertThat(spool).isEmptyDirectory();
    }

    @Test
    void treesAreKeptWhereTheyWereRestoredIfWanted() throws Exception {
        var run = drill(world, "good", "--no-report", "--source", World.TREE, "--keep", "--spool", folder.toString());

        assertThat(run.code()).as(run.err()).isZero();
        var kept = row(run, World.TREE).path("message").asText().replace("kept in ", "");
        try (var all = Files.walk(Path.of(kept))) {
            assertThat(all.map(Path::getFileName).map(Path::toString)).contains("file-0", "link");
        }
    }

    @Test
    void whatCannotBeDrilledIsSaidBeforeAnythingIsRead() throws Exception {
        var mine = copy();

        assertThat(drill(mine, "no-such-run").code()).isEqualTo(1);
        assertThat(drill(mine, "good", "--source", "nothing/*").code()).isEqualTo(1);
        assertThat(drill(mine, "good", "--max-time", "soon").code()).isEqualTo(2);
        assertThat(drill(mine, "-r", mine.staging().toString()).code()).isEqualTo(2);
        var shipper = new KeysDirectory(mine.keys()).signingKey("shipper-office");
        var stranger = drill(mine, "good", "--signing-key", shipper.toString());
        assertThat(stranger.code()).isEqualTo(13);
        assertThat(stranger.err()).contains("--no-report");
        Files.delete(mine.keys().resolve("signing/drill"));
        var withoutKey = drill(mine, "good");
        assertThat(withoutKey.code()).isEqualTo(12);
        assertThat(withoutKey.err()).contains("cannot read signing key");
        Files.delete(mine.keys().resolve("identity.txt"));
        assertThat(drill(mine, "good", "--no-report").code()).isEqualTo(12);
        assertThat(reports(mine)).isEmpty();
    }

    @Test
    void targetThatTakesNoReportFailsADrillThatWasGood() throws Exception {
        var mine = copy();
        Files.writeString(mine.target().resolve("drills"), "in the way");

        var run = drill(mine, "good", "--source", STREAM);

        assertThat(run.code()).as(run.err()).isNotZero().isNotEqualTo(19);
        assertThat(results(run)).isEqualTo(Map.of(STREAM, "read"));
    }
}
