package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Three members of a real etcd with TLS, client certificates and auth. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIT {
    private static final int MIB = 1 << 20;

    private final EtcdCluster etcd;

    ClusterIT(@TempDir Path folder) throws Exception {
        etcd = EtcdCluster.start(folder, 3);
        etcd.fill("/x/", 20, MIB - 4096);
        etcd.enableAuth();
    }

    @AfterAll
    void stop() {
        etcd.close();
    }

    private byte[] snapshot() throws BackupException, IOException {
        var endpoint = etcd.cluster().survey().members().getFirst().endpoint();
        try (var snapshot = Member.open(endpoint, etcd.access()).snapshot()) {
            var bytes = snapshot.stream().readAllBytes();
            snapshot.requireComplete();
            assertThat(snapshot.estimate()).hasValue(bytes.length - 32);
            return bytes;
        }
    }

    private static void prove(byte[] bytes) throws BackupException {
        var proof = new SnapshotProof();
        proof.add(bytes, 0, bytes.length);
        proof.require();
    }

    private Access with(Optional<Path> ca, Optional<Path> user, Optional<Path> password) {
        return new Access(ca, etcd.access().certificate(), etcd.access().key(), user, password);
    }

    private BackupException refusal(Access access) {
        return catchThrowableOfType(
                BackupException.class, () -> etcd.cluster(access).survey());
    }

    @Test
    void aFollowerThatIsUpToDateComesFirst() throws BackupException {
        var survey = etcd.cluster().survey();

        assertThat(survey.members()).hasSize(3);
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
        Files.write(etcd.file("snapshot"), snapshot());

        assertThat(etcd.run(EtcdCluster.program("etcdutl"), "snapshot", "status", "snapshot", "-w", "fields"))
                .contains("\"Revision\" : " + etcd.cluster().survey().keys().revision());
    }

    @Test
    void snapshotThatIsCutOrHasAFlippedByteIsNone() throws Exception {
        var whole = snapshot();
        prove(whole);

        IntStream.of(0, 1, 31, 32, 33, 511, 512, 544, 4096, whole.length / 2, whole.length - 512, whole.length - 1)
                .forEach(length -> assertThatThrownBy(() -> prove(Arrays.copyOf(whole, length)))
                        .as("length %d", length)
                        .isInstanceOf(BackupException.class));
        // One of the header of bolt's first page, one of the trailer: SnapshotProofTest has every byte.
        IntStream.of(0, 16, whole.length - 33, whole.length - 32, whole.length - 1)
                .forEach(at -> {
                    whole[at] ^= 1;
                    assertThatThrownBy(() -> prove(whole)).as("byte %d", at).hasMessageContaining("SHA-256");
                    whole[at] ^= 1;
                });
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
            assertThat(left.members()).hasSize(2).noneMatch(member -> member.endpoint()
                    .equals(first));
            assertThat(left.unusable()).singleElement().asString().contains(first.toString());
            prove(snapshot());
        } finally {
            etcd.restart(first);
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

    @Test
    void certificateOfAnotherAuthorityIsRefused() {
        var refused = refusal(with(
                Optional.of(etcd.file("other.crt")),
                etcd.access().user(),
                etcd.access().password()));

        assertThat(refused.kind()).isEqualTo(Kind.NOT_PERMITTED);
        assertThat(refused.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("trusted certificates"));
    }

    @Test
    void clientWithoutACertificateIsToldSo() {
        var refused = refusal(new Access(
                etcd.access().ca(),
                Optional.empty(),
                Optional.empty(),
                etcd.access().user(),
                etcd.access().password()));

        assertThat(refused.kind()).isEqualTo(Kind.NOT_PERMITTED);
    }

    @Test
    void wrongPasswordIsRefused() throws IOException {
        var wrong = Files.writeString(etcd.file("wrong"), "wrong");

        var refused = refusal(with(etcd.access().ca(), etcd.access().user(), Optional.of(wrong)));

        assertThat(refused.kind()).isEqualTo(Kind.NOT_PERMITTED);
        assertThat(refused).hasMessageContaining("invalid user ID or password");
    }

    @Test
    void authWithoutCredentialsIsRefusedWithWhatToGive() {
        var refused = refusal(with(etcd.access().ca(), Optional.empty(), Optional.empty()));

        assertThat(refused.kind()).isEqualTo(Kind.NOT_PERMITTED);
        assertThat(refused.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("role root"));
    }

    @Test
    void halfOfAPairOfFilesIsRefused() {
        assertThat(refusal(with(etcd.access().ca(), etcd.access().user(), Optional.empty())))
                .hasMessageContaining("go together");
    }

    @Test
    void fileThatIsNoKeyIsRefused() throws IOException {
        var noKey = Files.writeString(etcd.file("nokey"), "nothing");

        assertThat(refusal(new Access(
                                etcd.access().ca(),
                                etcd.access().certificate(),
                                Optional.of(noKey),
                                Optional.empty(),
                                Optional.empty()))
                        .kind())
                .isEqualTo(Kind.USAGE);
    }

    @Test
    void nobodyThereIsUnreachable() throws BackupException {
        var nowhere = new Cluster(List.of(Endpoint.parse("https://127.0.0.1:1")), etcd.access());

        assertThatThrownBy(nowhere::survey).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.UNREACHABLE));
    }

    @Test
    void alarmOfCorruptionStopsEveryBackup(@TempDir Path folder) throws Exception {
        try (var other = EtcdCluster.start(folder, 1)) {
            var member = other.cluster().survey().members().getFirst();
            var channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", member.endpoint().port())
                    .sslContext(other.access().tls())
                    .build();
            // What etcd's own check of its members does when they differ.
            var _ = MaintenanceGrpc.newBlockingStub(channel)
                    .alarm(AlarmRequest.newBuilder()
                            .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                            .setMemberID(member.member())
                            .setAlarmValue(2)
                            .build());
            channel.shutdownNow();

            assertThatThrownBy(() -> other.cluster().survey())
                    .hasMessageContaining("corruption")
                    .hasMessageContaining(MemberStatus.hex(member.member()))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
        }
    }
}
