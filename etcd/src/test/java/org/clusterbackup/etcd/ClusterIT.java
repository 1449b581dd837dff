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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members, and how a client is refused. */
class ClusterIT extends ClusterContract {
    /** Bolt's page, and how much of each of the first two is in use: a header of 16 bytes and 64 of what the database is. */
    private static final int PAGE = 4096;

    private static final int META = 80;

    ClusterIT(@TempDir Path folder) throws Exception {
        super(folder, 3);
    }

    private Access with(Optional<Path> ca, Optional<Path> user, Optional<Path> password) {
        return new Access(ca, etcd.access().certificate(), etcd.access().key(), user, password);
    }

    private Access with(Path certificate) {
        return new Access(
                etcd.access().ca(),
                Optional.of(certificate),
                etcd.access().key(),
                etcd.access().user(),
                etcd.access().password());
    }

    private BackupException refusal(Access access) {
        return catchThrowableOfType(
                BackupException.class, () -> etcd.cluster(access).survey());
    }

    /** A small one, so that it can be read hundreds of times; SnapshotProofTest has every byte and length of a made-up one. */
    @Test
    void snapshotThatIsCutOrHasAFlippedByteIsNone(@TempDir Path folder) throws Exception {
        byte[] whole;
        try (var small = EtcdCluster.start(folder, 1)) {
            whole = snapshot(small);
        }
        prove(whole);

        IntStream.concat(
                        IntStream.of(0, 1, 31, 32, 33, 511, 544, whole.length - 512, whole.length - 1),
                        IntStream.iterate(512, length -> length < whole.length - 32, length -> length + 512))
                .forEach(length -> assertThatThrownBy(() -> prove(Arrays.copyOf(whole, length)))
                        .as("length %d", length)
                        .isInstanceOf(BackupException.class));
        // The headers of bolt's two meta pages, and the trailer.
        IntStream.concat(
                        IntStream.concat(IntStream.range(0, META), IntStream.range(PAGE, PAGE + META)),
                        IntStream.range(whole.length - 32, whole.length))
                .forEach(at -> {
                    whole[at] ^= 1;
                    assertThatThrownBy(() -> prove(whole)).as("byte %d", at).hasMessageContaining("SHA-256");
                    whole[at] ^= 1;
                });
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
    void clientsCertificateThatHasExpiredIsRefused() {
        var refused = refusal(with(etcd.file("client-expired.crt")));

        assertThat(refused.kind()).isEqualTo(Kind.NOT_PERMITTED);
        assertThat(refused.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("their dates"));
    }

    @Test
    void serversCertificateThatHasExpiredIsRefused() throws Exception {
        var server = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        "server-expired.crt",
                        "-key",
                        "server.key")
                .directory(etcd.file("").toFile())
                .redirectErrorStream(true)
                .start();
        try (var said = server.inputReader()) {
            var accepts = said.lines()
                    .filter(line -> line.startsWith("ACCEPT "))
                    .findFirst()
                    .orElseThrow();
            var expired = new Cluster(
                    List.of(Endpoint.parse("https://" + accepts.substring("ACCEPT ".length()))), etcd.access());

            assertThatThrownBy(expired::survey)
                    .hasMessageContaining("expired")
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_PERMITTED));
        } finally {
            server.destroyForcibly();
        }
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
