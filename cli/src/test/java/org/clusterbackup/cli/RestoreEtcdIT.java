package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of a real etcd, restored to members of a fresh one that start as it is said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreEtcdIT {
    private static final String SOURCE = "etcd/main";
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private static final Path TOOLS = EtcdCluster.programs();

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
        var endpoint = etcd.cluster().endpoints().getFirst();
        try (var taken = Member.open(endpoint, etcd.access()).snapshot()) {
            snapshot = taken.stream().readAllBytes();
            taken.requireComplete();
        }
        var details = JsonLayout.object();
        details.put("revision", etcd.cluster().survey().keys().revision());
        details.putArray("endpoints").add(endpoint.toString());
        world.store(SOURCE, ArtifactKind.ETCD, new ByteArrayInputStream(snapshot), details);
    }

    @AfterAll
    void stop() {
        etcd.close();
    }

    private Invocation restore(Path to, String... more) {
        var command = new ArrayList<>(
                List.of("restore", "etcd", SOURCE + "@latest", "--to", to.toString(), "--tools", TOOLS.toString()));
        command.addAll(Arrays.asList(more));
        return world.run(command.toArray(new String[0]));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
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

    private String all(String url) {
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> etcd.run(
                        EtcdCluster.program("etcdctl"), "--endpoints=" + url, "endpoint", "health")
                .contains("is healthy"));
        try {
            return etcd.run(EtcdCluster.program("etcdctl"), "--endpoints=" + url, "get", "", "--prefix", "-w", "json");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode restored(Path to, String... more) throws IOException {
        var run = restore(to, more);
        assertThat(run.code()).as(run.err()).isZero();
        return JsonMapper.builder().build().readTree(run.text()).path("members");
    }

    @Test
    void everyKeyIsAsItWasInAFreshClusterOfThree() throws Exception {
        var to = folder.resolve("three");
        var peers = List.of(freePort(), freePort(), freePort());
        var members = restored(
                to,
                "--force",
                "--output",
                "json",
                "--member",
                "a=http://127.0.0.1:" + peers.get(0),
                "--member",
                "b=http://127.0.0.1:" + peers.get(1),
                "--member",
                "c=http://127.0.0.1:" + peers.get(2));

        try (var a = start(members.get(0), freePort());
                var b = start(members.get(1), freePort());
                var c = start(members.get(2), freePort())) {
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
    void revisionIsRaisedSoThatNoWatchTakesOldForNew() throws Exception {
        var members = restored(
                folder.resolve("raised"),
                "--force",
                "--output",
                "json",
                "--bump-revision",
                "1000000",
                "--member",
                "a=http://127.0.0.1:" + freePort());

        try (var a = start(members.get(0), freePort())) {
            assertThat(revision(all(a.url()))).isGreaterThan(1_000_000);
        }
    }

    @Test
    void clusterThatStillWorksIsNotSetBack() {
        var refused = restore(
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
                folder.resolve("unasked"), "--etcd-ca", etcd.file("other.crt").toString());

        assertThat(refused.code()).isEqualTo(16);
        assertThat(refused.err()).contains("does not say whether it works").contains("--etcd-cert");
    }

    @Test
    void clusterThatIsGoneIsNoObstacle() {
        assertThat(restore(folder.resolve("gone"), "--old-endpoint", "http://127.0.0.1:1", "--dry-run")
                        .code())
                .isZero();
    }

    @Test
    void dataDirectoryThatIsThereIsLeftAlone() throws IOException {
        var there = Files.createDirectories(folder.resolve("there/default"));

        var refused = restore(folder.resolve("there"), "--force");

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
                world.run("restore", "etcd", "etcd/damaged@latest", "--to", to.toString(), "--tools", TOOLS.toString());

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
