package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.cli.etcd.EtcdTool;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of a real etcd, restored to members of a fresh one that start as it is said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreEtcdIT {
    private static final String SOURCE = "etcd/main";
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private final Path tools = EtcdCluster.programs();

    private final Path folder;
    private final EtcdCluster etcd;
    private final World world;
    private final byte[] snapshot;

    RestoreEtcdIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        etcd = EtcdCluster.start(folder.resolve("etcd"), 1);
        etcd.fill("/binary/", 3, 1000);
        etcd.ctl("put", "/registry/x", "first");
        etcd.ctl("put", "/registry/x", "second");
        etcd.ctl(
                "put",
                "leased",
                "v",
                "--lease=" + etcd.ctl("lease", "grant", "3000").split(" ")[1]);
        world = World.make(Files.createDirectories(folder.resolve("world")), "age");
        snapshot = store(SOURCE, etcd);
    }

    /** A snapshot of one member, as an artifact; returns its bytes. */
    private byte[] store(String source, EtcdCluster from) throws Exception {
        var endpoint = from.cluster().endpoints().getFirst();
        byte[] bytes;
        try (var taken = Member.open(endpoint, from.access()).snapshot()) {
            bytes = taken.stream().readAllBytes();
            taken.requireComplete();
        }
        var details = JsonLayout.object();
        details.put("revision", from.cluster().survey().keys().revision());
        details.putArray("endpoints").add(endpoint.toString());
        world.store(source, ArtifactKind.ETCD, new ByteArrayInputStream(bytes), details);
        return bytes;
    }

    @AfterAll
    void stop() {
        etcd.close();
    }

    private Invocation restore(String source, Path to, String... more) {
        var command = new ArrayList<>(
                List.of("restore", "etcd", source + "@latest", "--to", to.toString(), "--tools", tools.toString()));
        command.addAll(Arrays.asList(more));
        return world.run(command.toArray(new String[0]));
    }

    /** Starts what a restore said, on ports of this test's, and waits until it answers. */
    private Started start(JsonNode member, int client) throws IOException {
        var url = "http://127.0.0.1:" + client;
        var command = new ArrayList<>(List.of(member.path("start")
                .asText()
                .replaceFirst("^etcd", EtcdCluster.program("etcd"))
                .split(" ")));
        command.removeIf(word -> word.contains("client-urls"));
        command.addAll(List.of("--listen-client-urls=" + url, "--advertise-client-urls=" + url));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("new.log").toFile())
                .start();
        return new Started(process, url);
    }

    private record Started(Process process, String url) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    /** Every key with all that etcd says of it, its header left out. */
    private static String keys(String json) {
        return json.substring(json.indexOf("\"kvs\""));
    }

    private static long revision(String json) {
        var found = REVISION.matcher(json);
        assertThat(found.find()).isTrue();
        return Long.parseLong(found.group(1));
    }

    /** Everything in a fresh cluster, once it answers; {@code options} are etcdctl's. */
    private String all(String url, String... options) throws IOException, InterruptedException {
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> ctl(url, options, "endpoint", "health")
                .contains("is healthy"));
        return ctl(url, options, "get", "", "--prefix", "-w", "json");
    }

    private String ctl(String url, String[] options, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(EtcdCluster.program("etcdctl"), "--endpoints=" + url));
        command.addAll(Arrays.asList(options));
        command.addAll(Arrays.asList(arguments));
        return etcd.run(command.toArray(new String[0]));
    }

    private JsonNode restored(String source, Path to, String... more) throws IOException {
        var command = new ArrayList<>(List.of("--force", "--output", "json"));
        command.addAll(Arrays.asList(more));
        var run = restore(source, to, command.toArray(new String[0]));
        assertThat(run.code()).as(run.err()).isZero();
        return JsonMapper.builder().build().readTree(run.text()).path("members");
    }

    private static String[] members(String... names) throws IOException {
        var options = new ArrayList<String>();
        for (var name : names) {
            options.addAll(List.of("--member", name + "=http://127.0.0.1:" + FreePorts.next()));
        }
        return options.toArray(new String[0]);
    }

    @Test
    void everyKeyIsAsItWasInAFreshClusterOfThree() throws Exception {
        var to = folder.resolve("three");
        var members = restored(SOURCE, to, members("a", "b", "c"));

        try (var a = start(members.get(0), FreePorts.next());
                var b = start(members.get(1), FreePorts.next());
                var c = start(members.get(2), FreePorts.next())) {
            var before = etcd.ctl("get", "", "--prefix", "-w", "json");

            assertThat(keys(all(a.url()))).isEqualTo(keys(before));
            assertThat(keys(all(c.url()))).isEqualTo(keys(before));
            assertThat(b.process().isAlive()).isTrue();
        }
        try (var left = Files.list(to)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a", "b", "c");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve("a"))))
                .endsWith("------");
    }

    @Test
    @Tag("full")
    void fiveMembersWithAuthComeBackWithTheirUsers() throws Exception {
        try (var five = EtcdCluster.start(folder.resolve("five"), 5)) {
            five.ctl("put", "/registry/x", "of five");
            five.enableAuth();
            store("etcd/five", five);
            var members = restored("etcd/five", folder.resolve("restored"), members("a", "b", "c", "d", "e"));
            var started = new ArrayList<Started>();
            try {
                for (var member : members) {
                    started.add(start(member, FreePorts.next()));
                }

                var url = started.getLast().url();
                assertThat(keys(all(url, "--user=root:secret")))
                        .isEqualTo(keys(five.ctl("get", "", "--prefix", "-w", "json")));
                assertThatThrownBy(() -> ctl(url, new String[0], "get", "", "--prefix"))
                        .hasMessageContaining("user name is empty");
            } finally {
                started.forEach(Started::close);
            }
        }
    }

    @Test
    void revisionIsRaisedSoThatNoWatchTakesOldForNewWhereTheToolCan() throws Exception {
        var to = folder.resolve("raised");
        var raise = new String[] {"--bump-revision", "1000000", "--member", "a=http://127.0.0.1:" + FreePorts.next()};
        if (!EtcdTool.find(Optional.of(tools)).bumps()) {
            var refused = restore(SOURCE, to, raise);
            assertThat(refused.code()).isEqualTo(16);
            assertThat(refused.err()).contains("cannot raise the revision").contains("restart every client");
            return;
        }
        var members = restored(SOURCE, to, raise);

        try (var a = start(members.get(0), FreePorts.next())) {
            assertThat(revision(all(a.url()))).isGreaterThan(1_000_000);
        }
    }

    @Test
    void clusterThatStillWorksIsNotSetBack() {
        var refused = restore(
                SOURCE,
                folder.resolve("live"),
                "--etcd-ca",
                etcd.file("ca.crt").toString(),
                "--etcd-cert",
                etcd.file("client.crt").toString(),
                "--etcd-key",
                etcd.file("client.key").toString());

        assertThat(refused.code()).isEqualTo(16);
        assertThat(refused.err()).contains("answers with a quorum").contains("replaced, not restored");
        assertThat(folder.resolve("live")).doesNotExist();
    }

    @Test
    void clusterThatCannotBeAskedIsNotTakenForGone() {
        var refused = restore(
                SOURCE,
                folder.resolve("unasked"),
                "--etcd-ca",
                etcd.file("other.crt").toString());

        assertThat(refused.code()).isEqualTo(16);
        assertThat(refused.err()).contains("does not say whether it works").contains("--etcd-cert");
    }

    @Test
    void clusterThatIsGoneIsNoObstacle() {
        assertThat(restore(SOURCE, folder.resolve("gone"), "--old-endpoint", "http://127.0.0.1:1", "--dry-run")
                        .code())
                .isZero();
    }

    @Test
    void dataDirectoryThatIsThereIsLeftAlone() throws IOException {
        var there = Files.createDirectories(folder.resolve("there/default"));

        var refused = restore(SOURCE, folder.resolve("there"), "--force");

        assertThat(refused.code()).isEqualTo(16);
        assertThat(refused.err()).contains(there + " is there already");
    }

    @Test
    void damagedSnapshotLeavesNothingBehind() throws Exception {
        var damaged = snapshot.clone();
        damaged[damaged.length / 2] ^= 1;
        world.store("etcd/damaged", ArtifactKind.ETCD, new ByteArrayInputStream(damaged), JsonLayout.object());
        var to = folder.resolve("damaged");

        var failed =
                world.run("restore", "etcd", "etcd/damaged@latest", "--to", to.toString(), "--tools", tools.toString());

        assertThat(failed.code()).isEqualTo(14);
        assertThat(to).isEmptyDirectory();
    }

    @Test
    void withoutEtcdsToolItIsSaidWhatToInstall() {
        var failed = world.run(
                "restore",
                "etcd",
                SOURCE + "@latest",
                "--to",
                folder.resolve("none").toString(),
                "--tools",
                folder.toString());

        assertThat(failed.code()).isEqualTo(16);
        assertThat(failed.err()).contains("install etcdutl");
    }
}
