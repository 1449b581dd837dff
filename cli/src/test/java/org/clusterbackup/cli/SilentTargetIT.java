package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.clusterbackup.cli.place.UnusableMarker;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.store.testing.S3Server;
import org.clusterbackup.repository.store.testing.Server;
import org.clusterbackup.repository.store.testing.SshServer;
import org.clusterbackup.repository.store.testing.TcpProxy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of a target is killed in the middle of a restore, and comes back, or does not. */
class SilentTargetIT {
    /** Three packs. */
    private static final String FILL = """
        for i in $(seq 48); do head -c 1000000 /dev/urandom >file$i; done
        sha256sum file* >"$home/brick.sums"
        """;

    @TempDir
    static Path shared = Path.of("unset");

    @TempDir
    Path folder = Path.of("unset");

    private static World world = new World(Path.of("unset"));

    @BeforeAll
    static void backUp() throws Exception {
        world = World.make(Files.createDirectories(shared.resolve("world")), "age");
        world.storeTree();
        var dump = BrickDump.make(shared, "brick", FILL).file();
        try (var stream = Files.newInputStream(dump)) {
            world.store(World.BRICK, ArtifactKind.BRICK, stream, BrickDump.details("gv0", 0));
        }
        Files.delete(dump);
    }

    /** One run of the program, which is looked at while it works. */
    private static final class Restore {
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> code;

        Restore(Map<String, String> environment, List<String> args) {
            code = CompletableFuture.supplyAsync(
                    () -> Main.run(OutputStream.nullOutputStream(), err, environment, args.toArray(String[]::new)));
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }

        int code() throws Exception {
            return code.get(2, TimeUnit.MINUTES);
        }
    }

    /** Starts a restore by way of {@code proxy}, and returns when the server was killed in its middle. */
    private static Restore killed(
            Server server, TcpProxy proxy, long bytes, Map<String, String> environment, List<String> args)
            throws InterruptedException {
        var gone = new CountDownLatch(1);
        proxy.whenPassed(bytes, () -> {
            server.kill();
            gone.countDown();
        });
        var restore = new Restore(environment, args);
        assertThat(gone.await(1, TimeUnit.MINUTES)).as(restore.err()).isTrue();
        return restore;
    }

    private static List<String> overSsh(SshServer server, TcpProxy proxy, String... command) throws IOException {
        server.trustAt(proxy.port());
        var url = SshServer.url(System.getProperty("user.name"), world.staging(), proxy.port());
        var args = new ArrayList<>(Arrays.asList(command));
        args.addAll(List.of("-r", url, "--ssh-identity", server.identity().toString()));
        args.addAll(List.of("--ssh-known-hosts", server.knownHosts().toString()));
        return args;
    }

    private Path newFileSystem() throws IOException {
        BrickDump.shell(folder, "truncate -s 400M img && mkfs.xfs -q img && mkdir point && mount -o loop img point");
        return folder.resolve("point");
    }

    @Test
    void aBrickGoesOnWhenItsTargetIsBack() throws Exception {
        var point = newFileSystem();
        try (var server = SshServer.start(Files.createDirectory(folder.resolve("sshd")));
                var proxy = TcpProxy.to(server.port())) {
            // Given a server that dies in the middle
            var args = overSsh(server, proxy, "restore", "brick", World.BRICK + "@latest", "--to", point.toString());
            var restore = killed(server, proxy, 20 << 20, world.environment(), args);
            await().atMost(Duration.ofMinutes(1)).until(() -> restore.err().contains("does not answer"));
            assertThat(point.resolve(UnusableMarker.NAME)).exists();

            // When it is back
            server.start();

            // Then nobody had to do anything
            assertThat(restore.code()).as(restore.err()).isZero();
            assertThat(restore.err()).contains("goes on when it is back", "answers again");
            assertThat(point.resolve(UnusableMarker.NAME)).doesNotExist();
            BrickDump.shell(point.resolve("brick"), "sha256sum --quiet -c " + shared.resolve("brick.sums"));
        } finally {
            BrickDump.shell(folder, "umount point");
        }
    }

    @Test
    void aBrickWhoseTargetStaysAwayIsNotToBeUsed() throws Exception {
        var point = newFileSystem();
        try (var server = SshServer.start(Files.createDirectory(folder.resolve("sshd")));
                var proxy = TcpProxy.to(server.port())) {
            var args = overSsh(server, proxy, "restore", "brick", World.BRICK + "@latest", "--to", point.toString());
            args.addAll(List.of("--retry-for", "2"));

            var restore = killed(server, proxy, 20 << 20, world.environment(), args);

            assertThat(restore.code()).as(restore.err()).isEqualTo(17);
            assertThat(point.resolve(UnusableMarker.NAME)).content().contains("failed");
        } finally {
            BrickDump.shell(folder, "umount point");
        }
    }

    @Test
    void aTargetThatComesBackWithoutThePackIsNotWaitedFor() throws Exception {
        var point = newFileSystem();
        var harmed = world.copyTo(folder.resolve("world"));
        try (var server = SshServer.start(Files.createDirectory(folder.resolve("sshd")));
                var proxy = TcpProxy.to(server.port())) {
            var args = overSsh(server, proxy, "restore", "brick", World.BRICK + "@latest", "--to", point.toString());
            args.replaceAll(arg ->
                    arg.replace(world.staging().toString(), harmed.staging().toString()));
            var restore = killed(server, proxy, 20 << 20, harmed.environment(), args);

            for (var pack : harmed.files(name -> name.startsWith("packs/"))) {
                Files.delete(pack);
            }
            server.start();

            assertThat(restore.code()).as(restore.err()).isEqualTo(14);
        } finally {
            BrickDump.shell(folder, "umount point");
        }
    }

    /** It says nothing of what the target holds. */
    @Test
    void aDrillWhoseTargetStaysAwayHasNotFailed() throws Exception {
        var mine = world.copyTo(folder.resolve("world"));
        mine.enterRecoveryPoint("good");
        try (var server = SshServer.start(Files.createDirectory(folder.resolve("sshd")));
                var proxy = TcpProxy.to(server.port())) {
            var args = overSsh(server, proxy, "drill", "--no-report", "--source", "brick/*", "--retry-for", "1");
            args.replaceAll(
                    arg -> arg.replace(world.staging().toString(), mine.target().toString()));

            var drill = killed(server, proxy, 20 << 20, mine.environment(), args);

            assertThat(drill.code()).as(drill.err()).isEqualTo(17);
            assertThat(drill.err()).doesNotContain("would not come back");
        }
    }

    @Test
    void aTreeGoesOnWhenItsBucketIsBack() throws Exception {
        var buckets = Files.createDirectories(folder.resolve("buckets"));
        world.copyTo(buckets);
        try (var server = S3Server.versitygw(Files.createDirectory(folder.resolve("s3")), buckets);
                var proxy = TcpProxy.to(server.port())) {
            var environment = new HashMap<>(world.environment());
            environment.put("AWS_ACCESS_KEY_ID", server.keys().accessKeyId());
            environment.put("AWS_SECRET_ACCESS_KEY", server.keys().secretAccessKey());
            environment.put("CLUSTERBACKUP_REPOSITORY", S3Server.url("staging", proxy.port()));
            var to = folder.resolve("tree");

            var restore = killed(
                    server,
                    proxy,
                    500_000,
                    environment,
                    List.of("restore", "tree", World.TREE + "@latest", "--to", to.toString()));
            server.start();

            assertThat(restore.code()).as(restore.err()).isZero();
            BrickDump.shell(
                    folder,
                    "diff -r \"$(find tree -name deep)\" " + world.root().resolve("tree/deep"));
        }
    }
}
