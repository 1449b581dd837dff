package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What holds for any number of members of a real etcd, with TLS, client certificates and auth. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClusterContract {
    private static final int MIB = 1 << 20;

    final EtcdCluster etcd;
    private final int size;

    ClusterContract(Path folder, int size) throws Exception {
        this.size = size;
        etcd = EtcdCluster.start(folder, size);
        etcd.fill("/x/", 20, MIB - 4096);
        etcd.enableAuth();
    }

    @AfterAll
    void stop() {
        etcd.close();
    }

    static byte[] snapshot(EtcdCluster etcd) throws BackupException, IOException {
        var endpoint = etcd.cluster().survey().members().getFirst().endpoint();
        try (var snapshot = Member.open(endpoint, etcd.access()).snapshot()) {
            var bytes = snapshot.stream().readAllBytes();
            snapshot.requireComplete();
            assertThat(snapshot.estimate()).hasValue(bytes.length - 32);
            return bytes;
        }
    }

    static void prove(byte[] bytes) throws BackupException {
        var proof = new SnapshotProof();
        proof.add(bytes, 0, bytes.length);
        proof.require();
    }

    @Test
    void aFollowerThatIsUpToDateComesFirst() throws BackupException {
        var survey = etcd.cluster().survey();

        assertThat(survey.members()).hasSize(size);
        assertThat(survey.members().getFirst().isLeader()).isFalse();
        assertThat(survey.members().getLast().isLeader()).isTrue();
        assertThat(survey.members().getFirst().revision())
                .isEqualTo(survey.keys().revision());
        assertThat(survey.members().getFirst().usedBytes()).isGreaterThan(15L * MIB);
        assertThat(survey.keys().count()).isEqualTo(20);
        assertThat(survey.auth()).isTrue();
    }

    @Test
    void snapshotIsWhatEtcdsOwnToolTakes() throws Exception {
        Files.write(etcd.file("snapshot"), snapshot(etcd));

        assertThat(etcd.snapshotStatus("snapshot"))
                .contains("\"Revision\" : " + etcd.cluster().survey().keys().revision());
    }

    @Test
    void memberKilledInMidSnapshotGivesNothingAndAnotherGivesAll() throws Exception {
        var first = etcd.cluster().survey().members().getFirst().endpoint();
        try (var snapshot = Member.open(first, etcd.access()).snapshot()) {
            snapshot.stream().readNBytes(100_000);
            etcd.kill(first);
            snapshot.stream().readAllBytes();

            assertThatThrownBy(snapshot::requireComplete)
                    .hasMessageContaining("broke off")
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_INCOMPLETE));

            var left = etcd.cluster().survey();
            assertThat(left.members()).hasSize(size - 1).noneMatch(member -> member.endpoint()
                    .equals(first));
            assertThat(left.unusable()).singleElement().asString().contains(first.toString());
            prove(snapshot(etcd));
        } finally {
            etcd.restart(List.of(first));
        }
    }

    @Test
    void cancelledSnapshotEndsAndIsNone() throws Exception {
        var first = etcd.cluster().survey().members().getFirst().endpoint();
        try (var snapshot = Member.open(first, etcd.access()).snapshot()) {
            snapshot.stream().readNBytes(100_000);
            snapshot.cancel();
            snapshot.stream().readAllBytes();

            assertThatThrownBy(snapshot::requireComplete).isInstanceOf(BackupException.class);
        }
    }
}
