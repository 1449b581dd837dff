package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.CreateMultipartUploadArgs;
import io.minio.MinioAsyncClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.repository.store.testing.ObjectStoreContract;
import org.clusterbackup.repository.store.testing.S3Server;
import org.clusterbackup.repository.store.testing.TcpProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every S3 server owes beyond the contract of all stores. */
@SuppressWarnings("NullAway.Init") // made by JUnit and before the tests
abstract class S3StoreContract extends ObjectStoreContract {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @TempDir
    private static Path home;

    private S3Server server;
    private String bucket;

    protected abstract S3Server newServer(Path folder) throws Exception;

    protected final S3Server server() {
        return server;
    }

    @BeforeAll
    void startServer() throws Exception {
        server = newServer(Files.createTempDirectory(home, "s3"));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @Override
    protected ObjectStore emptyStore() throws Exception {
        bucket = "bucket-" + BUCKETS.incrementAndGet();
        Stores.prepare(server.url(bucket), server.options());
        return open(server.url(bucket) + "/some/prefix", server.options());
    }

    /** Without retries, so that a test sees the first failure. */
    protected static ObjectStore open(String url, StoreOptions options) throws Exception {
        return Stores.open(url, options.withRetryFor(Duration.ZERO));
    }

    @Test
    void aBucketIsMadeWhereNobodySaysItsRegion() throws Exception {
        var url = server.url("bucket-" + BUCKETS.incrementAndGet());
        var options = StoreOptions.defaults().withS3Keys(server.keys());

        Stores.prepare(url, options);

        try (var made = open(url, options)) {
            made.create("a/b", Body.of("x"));
            assertThat(made.children("")).containsExactly("a/");
        }
    }

    @Test
    void anUploadIsProvedByTheServer() throws Exception {
        assertThat(store().create("packs/ab/one", Body.of("x")).proved()).isTrue();
    }

    @Test
    void bytesThatAreNotWhatTheirDigestSaysAreRefused() throws Exception {
        var bytes = random(100_000);

        assertThatThrownBy(() -> store().create("packs/ab/wrong", Body.of(bytes, Sha256.of(new byte[1]))))
                .isInstanceOf(BackupException.class);
        assertThatThrownBy(() -> store().replace("lock", Body.of(bytes, Sha256.of(new byte[1]))))
                .isInstanceOf(BackupException.class);

        assertThat(names("")).isEmpty();
    }

    @Test
    void otherObjectsOfTheBucketAreNotSeen() throws Exception {
        try (var whole = open(server.url(bucket), server.options())) {
            whole.create("some/other", Body.of("x"));
            whole.create("some/prefix-not/other", Body.of("x"));
            store().create("a/b", Body.of("x"));

            assertThat(names("")).containsExactly("a/b");
            assertThat(store().children("")).containsExactly("a/");
            assertThat(whole.children("some")).contains("prefix/", "prefix-not/", "other");
        }
    }

    @Test
    void aBodyTooLargeForOnePutGoesInParts() throws Exception {
        var bytes = random(12 << 20);
        var url = (StoreUrl.S3) StoreUrl.parse(server.url(bucket));
        try (var parted = new S3Store(url, server.options(), 1 << 20, 5 << 20)) {
            parted.create("packs/ab/parted", Body.of(bytes));

            assertThat(parted.digests(List.of("packs/ab/parted"))).containsExactly(Optional.of(Sha256.of(bytes)));
            assertThat(parted.create("packs/ab/parted", Body.of(bytes)).existed())
                    .isTrue();
        }
    }

    @Test
    void anUploadInPartsThatBreaksLeavesNothing() throws Exception {
        var url = (StoreUrl.S3) StoreUrl.parse(server.url(bucket));
        var bytes = random(12 << 20);
        try (var parted = new S3Store(url, server.options(), 1 << 20, 5 << 20)) {
            assertThatThrownBy(() -> parted.create("packs/ab/parted", shorter(bytes)))
                    .isInstanceOf(BackupException.class);

            assertThat(parted.stat("packs/ab/parted")).isEmpty();
            assertThat(unfinished()).isEmpty();
        }
    }

    @Test
    void anAbandonedUploadIsListedAndSwept() throws Exception {
        var keys = server.keys();
        var client = MinioAsyncClient.builder()
                .endpoint("http://127.0.0.1:" + server.port())
                .credentials(keys.accessKeyId(), keys.secretAccessKey())
                .region("eu-central-1")
                .build();
        client.createMultipartUpload(CreateMultipartUploadArgs.builder()
                        .bucket(bucket)
                        .object("some/prefix/packs/ab/half")
                        .build())
                .get();

        assertThat(names("")).isEmpty();
        assertThat(unfinished()).singleElement().asString().startsWith("packs/ab/half");
        for (var name : unfinished()) {
            store().deleteUnfinished(name);
        }
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void aWrongSecretIsNotPermitted() throws Exception {
        var options = server.options().withS3Keys(new S3Keys(server.keys().accessKeyId(), "wrong-secret-123"));
        try (var store = open(server.url(bucket), options)) {
            assertKind(Kind.NOT_PERMITTED, () -> store.create("a/b", Body.of("x")));
            assertKind(Kind.NOT_PERMITTED, () -> store.open("a/b"));
            assertKind(Kind.NOT_PERMITTED, () -> store.children(""));
        }
    }

    @Test
    void anUnknownKeyIsNotPermitted() throws Exception {
        var options = server.options().withS3Keys(new S3Keys("nobody", "wrong-secret-123"));
        try (var store = open(server.url(bucket), options)) {
            assertKind(Kind.NOT_PERMITTED, () -> store.create("a/b", Body.of("x")));
        }
    }

    @Test
    void aMissingBucketIsNeverMade() throws Exception {
        try (var store = open(server.url("no-such-bucket"), server.options())) {
            assertKind(Kind.NO_REPOSITORY, () -> store.open("a/b"));
            assertKind(Kind.NO_REPOSITORY, () -> store.create("a/b", Body.of("x")));
            assertKind(Kind.NO_REPOSITORY, () -> store.children(""));
            assertKind(Kind.NO_REPOSITORY, () -> store.list("", info -> {}));
            assertKind(Kind.NO_REPOSITORY, () -> store.stat("a/b"));
        }
    }

    @Test
    void theRegionIsAskedForWhenNotConfigured() throws Exception {
        var options = StoreOptions.defaults().withS3Keys(server.keys());
        try (var store = open(server.url(bucket), options)) {
            store.create("a/b", Body.of("x"));

            assertThat(store.stat("a/b")).isPresent();
        }
    }

    @Test
    void nobodyListeningIsUnreachable() throws Exception {
        try (var store = open(S3Server.url(bucket, FreePorts.next()), server.options())) {
            assertKind(Kind.UNREACHABLE, () -> store.stat("a"));
        }
    }

    @Test
    void anUploadThatIsCutLeavesNoObjectAndTheNextCallSucceeds() throws Exception {
        var bytes = random(20 << 20);
        try (var proxy = TcpProxy.to(server.port());
                var store = open(S3Server.url(bucket, proxy.port()), server.options())) {
            store.create("packs/ab/before", Body.of("x"));
            proxy.refuseAfter(5 << 20);

            assertKind(Kind.UNREACHABLE, () -> store.create("packs/ab/cut", Body.of(bytes)));
            proxy.accept();
            assertThat(store.stat("packs/ab/cut")).isEmpty();

            store.create("packs/ab/cut", Body.of(bytes));
            assertThat(store.stat("packs/ab/cut")).map(ObjectInfo::size).contains((long) bytes.length);
        }
    }

    @Test
    void aDownloadThatIsCutIsAnErrorAndNoEnd() throws Exception {
        try (var proxy = TcpProxy.to(server.port());
                var store = open(S3Server.url(bucket, proxy.port()), server.options())) {
            store.create("packs/ab/large", Body.of(random(20 << 20)));
            try (var in = store.open("packs/ab/large")) {
                proxy.cutAfter(5 << 20);

                assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aServerThatSaysNothingMoreIsUnreachable() throws Exception {
        store().create("packs/ab/before", Body.of("x"));
        var options = server.options().withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(2));
        try (var proxy = TcpProxy.to(server.port());
                var store = open(S3Server.url(bucket, proxy.port()) + "/some/prefix", options)) {
            assertThat(store.stat("packs/ab/before")).isPresent();
            proxy.freeze();

            assertKind(Kind.UNREACHABLE, () -> store.stat("packs/ab/before"));
            proxy.thaw();
        }
    }

    @Test
    void aServerThatStopsAndComesBackIsFoundAgain() throws Exception {
        store().create("a/b", Body.of("x"));
        server.kill();
        assertKind(Kind.UNREACHABLE, () -> store().stat("a/b"));
        assertKind(Kind.UNREACHABLE, () -> store().list("a", _ -> {}));
        assertKind(Kind.UNREACHABLE, () -> store().children("a"));
        server.start();

        assertThat(text("a/b")).isEqualTo("x");
    }

    @Test
    void aServerKilledInMidUploadLeavesNoObject() throws Exception {
        var bytes = random(60 << 20);
        try (var proxy = TcpProxy.to(server.port());
                var store = open(S3Server.url(bucket, proxy.port()), server.options())) {
            store.stat("warm");
            proxy.whenPassed(20 << 20, server::kill);

            assertKind(Kind.UNREACHABLE, () -> store.create("packs/ab/killed", Body.of(bytes)));
            server.start();

            assertThat(store.stat("packs/ab/killed")).isEmpty();
            assertThat(store.create("packs/ab/killed", Body.of(bytes)).existed())
                    .isFalse();
        }
    }

    private static Body shorter(byte[] bytes) {
        return new Body() {
            @Override
            public long length() {
                return bytes.length + 1L;
            }

            @Override
            public Sha256 sha256() {
                return Sha256.of(bytes);
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }
}
