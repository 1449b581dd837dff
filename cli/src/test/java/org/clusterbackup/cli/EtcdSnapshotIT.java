package org.clusterbackup.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot of a real etcd is looked into, and compared with what etcdctl says of the cluster that it was taken from. Auth is
 * on there, and nobody who looks has a password; the last change, a deletion, was compacted away.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdSnapshotIT {
    private static final String ARTIFACT = "etcd/main@latest";
    private static final byte[] BINARY_KEY = {'/', 'x', '/', 0, (byte) 0xff, '\n', '\\'};
    private static final byte[] BINARY_VALUE = {0, (byte) 0xff, '\n', 0, '\r', (byte) 0xc3};
    private static final String LARGE_KEY = "/y/large";

    private final Path folder;
    private final World world;
    private final Path spool;
    private final EtcdCluster live;
    private final byte[] large = new byte[1 << 20];
    private final byte[] plainOfX;
    private final String jsonOfAll;

    EtcdSnapshotIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        world = World.make(Files.createDirectories(folder.resolve("world")), "age");
        spool = Files.createDirectories(folder.resolve("spool"));
        new Random(1).nextBytes(large);
        try (var etcd = EtcdCluster.start(folder.resolve("etcd"), 1)) {
            etcd.put(BINARY_KEY, BINARY_VALUE);
            etcd.ctl("put", "/x/empty", "");
            etcd.ctl("put", "/x/twice", "first");
            etcd.ctl("put", "/x/twice", "second\n");
            etcd.ctl("put", "/xx", "neighbour");
            etcd.put(LARGE_KEY.getBytes(UTF_8), large);
            etcd.enableAuth();
            etcd.ctl("put", "/y/gone", "");
            etcd.ctl("del", "/y/gone");
            etcd.ctl("compact", revision(etcd));
            etcd.ctl(
                    "put",
                    "/x/leased",
                    "v",
                    "--lease=" + etcd.ctl("lease", "grant", "3000").split(" ")[1]);
            plainOfX = etcd.ctlBytes("get", "/x", "--prefix");
            jsonOfAll = etcd.ctl("get", "", "--prefix", "-w", "json");
            var endpoint = etcd.cluster().endpoints().getFirst();
            try (var snapshot = Member.open(endpoint, etcd.access()).snapshot()) {
                world.store(
                        "etcd/main",
                        ArtifactKind.ETCD,
                        new ByteArrayInputStream(snapshot.stream().readAllBytes()),
                        JsonLayout.object());
                snapshot.requireComplete();
            }
        }
        live = EtcdCluster.start(folder.resolve("live"), 1);
    }

    private static String revision(EtcdCluster etcd) throws Exception {
        return Long.toString(etcd.cluster().survey().keys().revision());
    }

    @AfterAll
    void stop() {
        live.close();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(spool).isEmptyDirectory();
    }

    private List<String> command(String verb, String... more) {
        var command = new ArrayList<>(List.of("etcd", verb, ARTIFACT, "--spool", spool.toString()));
        command.addAll(Arrays.asList(more));
        if (!command.contains("--tools")) {
            command.addAll(List.of("--tools", EtcdCluster.programs().toString()));
        }
        return command;
    }

    private Invocation run(String verb, String... more) {
        return world.run(command(verb, more).toArray(new String[0]));
    }

    private byte[] printed(String verb, String... more) {
        var run = run(verb, more);
        assertThat(run.code()).as(run.err()).isZero();
        return run.out();
    }

    private Invocation export(String... more) {
        var all = new ArrayList<>(List.of(
                "--prefix",
                "/x",
                "--to-endpoints",
                live.endpoints().getFirst(),
                "--etcd-ca",
                live.file("ca.crt").toString(),
                "--etcd-cert",
                live.file("client.crt").toString(),
                "--etcd-key",
                live.file("client.key").toString()));
        all.addAll(Arrays.asList(more));
        return run("export", all.toArray(new String[0]));
    }

    private static String keys(String json) {
        return json.substring(json.indexOf("\"kvs\""));
    }

    @Test
    void scanFindsValuesWithAnOldName() throws IOException {
        var mapping = Files.writeString(folder.resolve("names.yaml"), "hosts: {neighbour: x, irs: y}\n");

        var run = world.run(
                "migrate",
                "scan",
                ARTIFACT,
                "--mapping",
                mapping.toString(),
                "--spool",
                spool.toString(),
                "--tools",
                EtcdCluster.programs().toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text()).isEqualTo("KEY  OLD NAMES\n/xx  neighbour\n");
    }

    @Test
    void getPrintsExactlyWhatWasThere() {
        assertThat(printed("get", "--prefix", "/x")).isEqualTo(plainOfX);
    }

    @Test
    void jsonHasAllThatEtcdctlSays() {
        assertThat(keys(new String(printed("get", "--prefix", "", "--output", "json"), UTF_8)))
                .isEqualTo(keys(jsonOfAll));
    }

    @Test
    void aValueAloneHasNotOneByteMore() {
        assertThat(printed("get", LARGE_KEY, "--print-value-only")).isEqualTo(large);
        assertThat(printed("get", Base64.getEncoder().encodeToString(BINARY_KEY), "--base64", "--print-value-only"))
                .isEqualTo(BINARY_VALUE);
    }

    @Test
    void keysAreListedWithTheirRevisions() {
        assertThat(new String(printed("keys", "--prefix", "/x/"), UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("2 /x/\\x00\\xff\\x0a\\\\"),
                        line -> assertThat(line).isEqualTo("3 /x/empty"),
                        line -> assertThat(line).endsWith(" /x/leased"),
                        line -> assertThat(line).isEqualTo("5 /x/twice"));
    }

    @Test
    void aPrefixWithoutKeysIsAnError() {
        var run = run("get", "--prefix", "/none");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no such key in etcd/main").contains("lists all");
    }

    @Test
    void whatCannotBeMeantIsSaidBeforeAnythingIsRead() throws Exception {
        world.store("etcd/tree", ArtifactKind.TREE, new ByteArrayInputStream(new byte[10]), JsonLayout.object());
        var halfTools = tools("half", "");
        Files.delete(halfTools.resolve("etcd"));

        assertThat(world.run("etcd", "keys", "etcd/tree@latest").code()).isEqualTo(2);
        assertThat(run("get").code()).isEqualTo(2);
        assertThat(run("get", "a", "--prefix", "b").code()).isEqualTo(2);
        assertThat(run("get", "!", "--base64").code()).isEqualTo(2);
        assertThat(run("get", "--prefix", "a", "--print-value-only").code()).isEqualTo(2);
        assertThat(run("export", "--prefix", "a", "--overwrite").code()).isEqualTo(2);
        assertThat(run("export", "--prefix", "a", "--to", "/no/folder").code()).isEqualTo(16);
        assertThat(run("export", "--prefix", "a", "--to-endpoints", "http://127.0.0.1:1")
                        .code())
                .isEqualTo(17);
        var without = run("keys", "--tools", halfTools.toString());
        assertThat(without.code()).isEqualTo(16);
        assertThat(without.err()).contains("etcd is not in " + halfTools).contains("--tools");
    }

    @Test
    void exportWritesALineAKey() throws IOException {
        var file = folder.resolve("x.jsonl");
        var kvs = JsonMapper.builder().build().readTree(jsonOfAll).path("kvs");
        var expected = new ArrayList<String>();
        kvs.forEach(kv -> expected.add(kv.toString()));

        var said = printed("export", "--prefix", "", "--to", file.toString());

        assertThat(new String(said, UTF_8)).isEqualTo("wrote " + expected.size() + " keys to " + file + "\n");
        assertThat(Files.readAllLines(file)).isEqualTo(expected);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run("export", "--prefix", "", "--to", file.toString()).code())
                .isEqualTo(16);
        assertThat(folder).isDirectoryNotContaining("glob:**exporting-*");
    }

    @Test
    void exportSaysToProgramsWhatItWrote() throws IOException {
        var file = folder.resolve("two.jsonl");

        var said = printed("export", "--prefix", "/x/t", "--to", file.toString(), "--output", "json");

        assertThat(JsonMapper.builder().build().readTree(said))
                .isEqualTo(JsonLayout.object().put("to", file.toString()).put("keys", 1));
        assertThat(file).content().startsWith("{").endsWith("}\n").hasLineCount(1);
    }

    @Test
    void exportIntoALiveClusterKeepsWhatDiffersUnlessTold() throws Exception {
        var before = revision(live);
        var dry = export("--dry-run");
        assertThat(dry.code()).as(dry.err()).isZero();
        assertThat(dry.text()).contains("created /x/twice").contains("would be").contains("5 created");
        assertThat(revision(live)).isEqualTo(before);

        var first = export();
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.err()).contains("1 keys had a lease, which is not carried");
        assertThat(live.ctlBytes("get", "/x", "--prefix")).isEqualTo(plainOfX);

        live.ctl("put", "/x/twice", "newer");
        var refused = export("--output", "json");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("refused: /x/twice: it has another value there");
        var counts = JsonMapper.builder().build().readTree(refused.text());
        assertThat(counts.path("refused").asInt()).isEqualTo(1);
        assertThat(counts.path("unchanged").asInt()).isEqualTo(4);
        assertThat(live.ctl("get", "/x/twice", "--print-value-only")).isEqualTo("newer\n");

        live.ctl("put", "/x/other", "of the live cluster");
        assertThat(export("--overwrite").code()).isZero();
        assertThat(live.ctl("get", "/x/twice", "--print-value-only")).isEqualTo("second\n\n");
        assertThat(live.ctl("get", "/x/other", "--print-value-only")).isEqualTo("of the live cluster\n");
    }

    /** a=b; then a deletion that was compacted away with its revision, which the snapshot's last key is before then. */
    @Test
    void aSnapshotOfAnOlderEtcdIsReadThoughItsLastChangeWasCompacted() throws Exception {
        try (var packed = EtcdSnapshotIT.class.getResourceAsStream("etcd-3.4.snapshot.gz")) {
            world.store("etcd/old", ArtifactKind.ETCD, new GZIPInputStream(packed), JsonLayout.object());
        }

        var run = world.run(
                "etcd",
                "get",
                "etcd/old@latest",
                "--prefix",
                "",
                "--tools",
                EtcdCluster.programs().toString());

        assertThat(run.text()).as(run.err()).isEqualTo("a\nb\n");
    }

    /** A folder with the real etcdutl and an etcd that does {@code first} before it starts. */
    private Path tools(String name, String first) throws IOException {
        var tools = Files.createDirectories(folder.resolve(name));
        Files.createSymbolicLink(
                tools.resolve("etcdutl"), EtcdCluster.programs().resolve("etcdutl"));
        var etcd = Files.writeString(
                tools.resolve("etcd"),
                "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n" + first + "\nexec " + EtcdCluster.program("etcd")
                        + " \"$@\"\n");
        Files.setPosixFilePermissions(etcd, PosixFilePermissions.fromString("rwx------"));
        return tools;
    }

    @Test
    void anEtcdThatDoesNotStartIsQuoted() throws IOException {
        var tools = tools("broken", "echo '{\"level\":\"fatal\",\"error\":\"wrong version\"}'; echo bye; exit 7");

        var run = run("keys", "--tools", tools.toString());

        assertThat(run.code()).isEqualTo(16);
        assertThat(run.err()).contains("exit code 7").contains("wrong version").contains("version that was backed up");
    }

    @Test
    void aPortThatIsTakenIsNoObstacle() throws IOException {
        var once = folder.resolve("once");
        var tools = tools(
                "taken",
                "[ -e " + once + " ] || { touch " + once
                        + "; echo '{\"level\":\"fatal\",\"error\":\"listen: bind: address already in use\"}'; exit 1; }");

        assertThat(printed("get", "--prefix", "/x", "--tools", tools.toString()))
                .isEqualTo(plainOfX);
        assertThat(once).exists();
    }

    /** Nobody reads what it prints, so it stands in the middle of its work. */
    @Test
    void aSignalEndsTheMemberAndLeavesNothing() throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.clusterbackup.cli.Main"));
        command.addAll(command("get", "--prefix", "/y"));
        var builder =
                new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(world.environment());
        var process = builder.start();
        try {
            // The first byte: the member runs.
            assertThat(process.getInputStream().read()).isEqualTo('/');
            var children = process.descendants().toList();
            assertThat(children).isNotEmpty();

            process.destroy();

            assertThat(process.waitFor()).isEqualTo(143);
            await().atMost(Duration.ofMinutes(1)).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            process.destroyForcibly();
        }
    }
}
