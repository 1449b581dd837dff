package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.SetObjectLockConfigurationArgs;
import io.minio.messages.ObjectLockConfiguration;
import io.minio.messages.RetentionMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.Stores;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.clusterbackup.repository.store.testing.S3Server;
import org.clusterbackup.repository.store.testing.SshServer;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prune at real servers, by their own clocks, and at those that let nothing be deleted. */
class PruneStoresIT {
    private static final Policy ONE = MadeTarget.daily(1);
    private static final Duration GRACE = Duration.ofDays(7);

    private final TestRepository keys = TestRepository.withNewKeys();
    private final Path folder;
    private final List<Manifest> artifacts = new ArrayList<>();

    PruneStoresIT(@TempDir Path folder) throws BackupException {
        this.folder = folder;
    }

    /** Two artifacts of one day, copied there. */
    private Repository filled(ObjectStore store) throws Exception {
        var staging = keys.staging(new MemoryStore());
        var target = keys.target(store, staging, "tape");
        var spool = Files.createDirectories(folder.resolve("spool"));
        var backups = new TestBackups(keys, staging, spool);
        var copier = new Copier(staging, target, CopyOptions.defaults(spool, "shipper"));
        for (var number = 1; number <= 2; number++) {
            var made = backups.store("host/a", "any", TestBackups.bytes(300_000, number));
            copier.copy(made.ref(), CopyListener.NONE);
            artifacts.add(made);
        }
        return target;
    }

    private PrunePlan prune(Repository target) throws BackupException {
        return new Pruning(target, Retention.of(ONE), GRACE, Clock.systemUTC()).run(keys.operator(), "test", _ -> true);
    }

    private void deletesWhatThePolicySays(ObjectStore store) throws Exception {
        var target = filled(store);

        var plan = prune(target);

        assertThat(plan.removed())
                .extracting(removed -> removed.ref())
                .containsExactly(artifacts.getFirst().ref());
        // Young packs wait: whoever copies now may be about to need them.
        assertThat(plan.waiting().count()).isPositive();
        assertThat(new Artifacts(store).list())
                .containsExactly(artifacts.getLast().ref());
        assertThat(store.stat("lock")).isEmpty();
        assertThat(whole(target)).isTrue();
        assertThat(prune(target).changesAnything()).isFalse();
    }

    private boolean whole(Repository target) throws BackupException {
        return Verifier.verify(
                        target.store(),
                        keys.signers(),
                        VerifyOptions.structure(folder.resolve("spool")).withReadData(VerifyOptions.Share.all()),
                        _ -> {})
                .isWhole();
    }

    private void refusesAndLeavesEverything(ObjectStore store) throws Exception {
        var target = filled(store);

        for (var attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> prune(target))
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.RETAINED));
        }

        assertThat(new Artifacts(store).list()).hasSize(2);
        assertThat(new Ledger(target).read().bodies(Deletion.class)).isEmpty();
        assertThat(store.children("condemned")).isEmpty();
        assertThat(whole(target)).isTrue();
    }

    @Test
    void overSftp() throws Exception {
        try (var server = SshServer.start(Files.createDirectories(folder.resolve("ssh")));
                var store = Stores.open(server.url(Files.createDirectories(folder.resolve("far"))), server.options())) {
            deletesWhatThePolicySays(store);
        }
    }

    @Test
    void onS3() throws Exception {
        try (var server = S3Server.versitygw(Files.createDirectories(folder.resolve("s3")))) {
            Stores.prepare(server.url("bucket"), server.options());
            try (var store = Stores.open(server.url("bucket"), server.options())) {
                deletesWhatThePolicySays(store);
            }
            server.kill();
        }
    }

    @Test
    void whereSftpLetsNothingBeRemoved() throws Exception {
        try (var server = SshServer.start(
                        Files.createDirectories(folder.resolve("ssh")), "ForceCommand internal-sftp -P remove,rmdir");
                var store = Stores.open(server.url(Files.createDirectories(folder.resolve("far"))), server.options())) {
            refusesAndLeavesEverything(store);
        }
    }

    @Test
    void whereS3LocksEachObject() throws Exception {
        // Given a target that was filled before its bucket began to lock what is stored
        try (var server = S3Server.versitygw(Files.createDirectories(folder.resolve("s3")))) {
            var client = MinioClient.builder()
                    .endpoint("http://127.0.0.1:" + server.port())
                    .credentials(server.keys().accessKeyId(), server.keys().secretAccessKey())
                    .region("eu-central-1")
                    .build();
            client.makeBucket(
                    MakeBucketArgs.builder().bucket("locked").objectLock(true).build());
            try (var store = Stores.open(server.url("locked"), server.options())) {
                var target = filled(store);
                client.setObjectLockConfiguration(SetObjectLockConfigurationArgs.builder()
                        .bucket("locked")
                        .config(new ObjectLockConfiguration(
                                RetentionMode.COMPLIANCE, new ObjectLockConfiguration.RetentionDurationDays(1)))
                        .build());

                assertThatThrownBy(() -> prune(target))
                        .isInstanceOfSatisfying(
                                BackupException.class,
                                e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.RETAINED));

                assertThat(new Artifacts(store).list()).hasSize(2);
                assertThat(new Ledger(target).read().bodies(Deletion.class)).isEmpty();
                assertThat(whole(target)).isTrue();
            }
            server.kill();
        }
    }

    @Test
    void theClockIsTheServers() throws Exception {
        try (var server = SshServer.start(Files.createDirectories(folder.resolve("ssh")));
                var store = Stores.open(server.url(Files.createDirectories(folder.resolve("far"))), server.options())) {
            var target = filled(store);
            var tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));

            assertThatThrownBy(() -> new Pruning(target, Retention.of(ONE), GRACE, tomorrow)
                            .run(keys.operator(), "test", _ -> true))
                    .hasMessageContaining("nothing is deleted by a clock that is wrong");

            assertThat(new Artifacts(store).list()).hasSize(2);
        }
    }
}
