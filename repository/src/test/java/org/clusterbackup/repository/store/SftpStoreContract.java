package org.clusterbackup.repository.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.testing.DiskFaults;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.repository.store.testing.ObjectStoreContract;
import org.clusterbackup.repository.store.testing.SmallDisk;
import org.clusterbackup.repository.store.testing.SshServer;
import org.clusterbackup.repository.store.testing.TcpProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every SFTP server owes beyond the contract of all stores. */
@SuppressWarnings("NullAway.Init") // made by JUnit and before the tests
abstract class SftpStoreContract extends ObjectStoreContract {
    @TempDir
    private static Path home;

    private Path directory;
    private SshServer server;

    protected abstract SshServer newServer(Path folder) throws Exception;

    protected final SshServer server() {
        return server;
    }

    protected final Path directory() {
        return directory;
    }

    @BeforeAll
    void startServer() throws Exception {
        server = newServer(Files.createTempDirectory(home, "sshd"));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Override
    protected ObjectStore emptyStore() throws Exception {
        directory = Files.createTempDirectory(home, "target");
        return open(server.url(directory), server.options());
    }

    @Override
    protected void storeEach(Set<String> names) throws Exception {
        for (var name : names) {
            var file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        }
    }

    /** Without retries, so that a test sees the first failure. */
    protected static ObjectStore open(String url, StoreOptions options) throws Exception {
        return Stores.open(url, options.withRetryFor(Duration.ZERO));
    }

    @Test
    void whatIsFreeIsThatOfTheServersFileSystem() throws Exception {
        assertThat(store().freeBytes().orElseThrow())
                .isBetween(1L, directory.toFile().getTotalSpace());
    }

    @Test
    void aServerWithAnotherHostKeyIsRefused() throws Exception {
        var options = server.options().withSshKnownHosts(server.otherKnownHosts());
        try (var store = open(server.url(directory), options)) {
            assertThatThrownBy(() -> store.stat("a"))
                    .hasMessageContaining("127.0.0.1:" + server.port())
                    .hasMessageContaining("has changed");
            assertKind(Kind.NOT_PERMITTED, () -> store.stat("a"));
        }
    }

    @Test
    void aServerThatIsNotKnownIsRefused() throws Exception {
        var options = server.options().withSshKnownHosts(server.emptyKnownHosts());
        try (var store = open(server.url(directory), options)) {
            assertKind(Kind.NOT_PERMITTED, () -> store.create("a/b", Body.of("x")));
        }
        assertThat(Files.readString(server.emptyKnownHosts())).isEmpty();
    }

    @Test
    void aStrangersKeyIsNotPermitted() throws Exception {
        var options = server.options().withSshIdentity(server.strangersIdentity());
        try (var store = open(server.url(directory), options)) {
            assertKind(Kind.NOT_PERMITTED, () -> store.stat("a"));
        }
    }

    @Test
    void aMissingKeyFileIsNamed() throws Exception {
        var options = server.options().withSshIdentity(directory.resolve("none"));
        try (var store = open(server.url(directory), options)) {
            assertThatThrownBy(() -> store.stat("a"))
                    .hasMessageContaining(directory.resolve("none").toString());
        }
    }

    @Test
    void nobodyListeningIsUnreachable() throws Exception {
        try (var store = open(SshServer.url("nobody", directory, FreePorts.next()), server.options())) {
            assertKind(Kind.UNREACHABLE, () -> store.stat("a"));
        }
    }

    @Test
    void aMissingRootIsNeverMade() throws Exception {
        var missing = directory.resolve("unmounted");
        try (var store = open(server.url(missing), server.options())) {
            assertKind(Kind.NO_REPOSITORY, () -> store.create("a/b", Body.of("x")));
            assertKind(Kind.NO_REPOSITORY, () -> store.stat("a/b"));
            assertKind(Kind.NO_REPOSITORY, () -> store.open("a/b"));
            assertKind(Kind.NO_REPOSITORY, () -> store.children(""));
            assertKind(Kind.NO_REPOSITORY, () -> store.list("", info -> {}));
        }
        assertThat(missing).doesNotExist();
    }

    @Test
    void preparingMakesTheRoot() throws Exception {
        var fresh = directory.resolve("new/root");

        Stores.prepare(server.url(fresh), server.options());

        assertThat(fresh).isDirectory();
    }

    @Test
    void anUploadThatIsCutLeavesNoObjectAndTheNextCallSucceeds() throws Exception {
        var bytes = random(20 << 20);
        try (var proxy = TcpProxy.to(server.port())) {
            server.trustAt(proxy.port());
            try (var store =
                    open(SshServer.url(System.getProperty("user.name"), directory, proxy.port()), server.options())) {
                store.create("packs/ab/before", Body.of("x"));
                proxy.cutAfter(5 << 20);

                assertKind(Kind.UNREACHABLE, () -> store.create("packs/ab/cut", Body.of(bytes)));
                assertThat(store().stat("packs/ab/cut")).isEmpty();

                store.create("packs/ab/cut", Body.of(bytes));
                assertThat(store().stat("packs/ab/cut")).map(ObjectInfo::size).contains((long) bytes.length);
            }
        }
    }

    @Test
    void aDownloadThatIsCutIsAnErrorAndNoEnd() throws Exception {
        store().create("packs/ab/large", Body.of(random(20 << 20)));
        try (var proxy = TcpProxy.to(server.port())) {
            server.trustAt(proxy.port());
            try (var store = open(
                            SshServer.url(System.getProperty("user.name"), directory, proxy.port()), server.options());
                    var in = store.open("packs/ab/large")) {
                proxy.cutAfter(5 << 20);

                assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aServerThatSaysNothingMoreIsUnreachable() throws Exception {
        store().create("packs/ab/before", Body.of("x"));
        try (var proxy = TcpProxy.to(server.port())) {
            server.trustAt(proxy.port());
            var options = server.options().withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(2));
            try (var store = open(SshServer.url(System.getProperty("user.name"), directory, proxy.port()), options)) {
                assertThat(store.stat("packs/ab/before")).isPresent();
                proxy.freeze();

                assertKind(Kind.UNREACHABLE, () -> store.stat("packs/ab/before"));
                proxy.thaw();
            }
        }
    }

    /** A refusal is final: a server that dies or hangs must never look like one that refuses. */
    @Test
    void whereverTheHandshakeBreaksOrHangsIsUnreachable() throws Exception {
        store().create("a/b", Body.of("x"));
        try (var proxy = TcpProxy.to(server.port())) {
            server.trustAt(proxy.port());
            var url = SshServer.url(System.getProperty("user.name"), directory, proxy.port());
            var options = server.options().withTimeouts(Duration.ofMillis(700), Duration.ofSeconds(1));
            var broken = 0;
            for (var bytes = 1; bytes < 9000; bytes += 800) {
                var hangs = bytes % 3200 == 1;
                if (hangs) {
                    proxy.whenPassed(bytes, proxy::freeze);
                } else {
                    proxy.cutAfter(bytes);
                }
                try (var store = open(url, options)) {
                    assertThat(store.stat("a/b")).isPresent();
                } catch (BackupException e) {
                    broken++;
                    assertThat(e.kind())
                            .as("after %d bytes: %s", bytes, e.getMessage())
                            .isEqualTo(Kind.UNREACHABLE);
                }
                proxy.thaw();
                proxy.cut();
            }
            assertThat(broken).isGreaterThan(4);
        }
    }

    @Test
    void aSessionKilledInMidUploadLeavesNothingButWhatIsSwept() throws Exception {
        var killed = Thread.ofPlatform().daemon().start(() -> {
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> unfinishedFiles() > 0);
            server.killSessions();
        });

        assertKind(Kind.UNREACHABLE, () -> store().create("packs/ab/killed", Body.of(random(200 << 20))));
        assertThat(killed.join(Duration.ofMinutes(1))).isTrue();

        assertThat(names("")).isEmpty();
        for (var name : unfinished()) {
            store().deleteUnfinished(name);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aServerThatStopsAndComesBackIsFoundAgain() throws Exception {
        store().create("a/b", Body.of("x"));
        server.kill();
        assertKind(Kind.UNREACHABLE, () -> store().stat("a/b"));
        server.start();

        assertThat(text("a/b")).isEqualTo("x");
    }

    @Test
    void aPipeInPlaceOfAnObjectIsAnErrorAndNeverWaitedFor() throws Exception {
        Files.createDirectories(directory.resolve("packs/ab"));
        new ProcessBuilder("mkfifo", directory.resolve("packs/ab/pipe").toString())
                .start()
                .waitFor();
        store().create("packs/ab/one", Body.of("x"));

        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            assertKind(Kind.DAMAGED, () -> store().open("packs/ab/pipe"));
            assertThat(store().digests(List.of("packs/ab/pipe", "packs/ab/one")))
                    .containsExactly(Optional.empty(), Optional.of(Sha256.of("x".getBytes(UTF_8))));
            assertKind(Kind.DAMAGED, () -> store().create("packs/ab/pipe", Body.of("x")));
        });
    }

    @Test
    void aFullDiskIsSaidAndHarmless() throws Exception {
        try (var disk = SmallDisk.mount(home);
                var store = open(server.url(disk.folder()), server.options())) {
            DiskFaults.assertFullIsSaidAndHarmless(store);
        }
    }

    @Test
    void aReadOnlyDiskIsSaid() throws Exception {
        try (var disk = SmallDisk.mount(home);
                var store = open(server.url(disk.folder()), server.options())) {
            disk.makeReadOnly();

            DiskFaults.assertReadOnlyIsSaid(store);
        }
    }

    private long unfinishedFiles() {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp-")
                            && file.toFile().length() > 0)
                    .count();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
