package org.clusterbackup.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.clusterbackup.repository.BackupException;

/** A connection to one member. Every question has ten seconds. Thread-safe; whoever opens it closes it. */
public final class Member implements AutoCloseable {
    private static final long SECONDS = 10;
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    /** {@code CORRUPT} of etcd's {@code AlarmType}, which jetcd does not know. */
    private static final int CORRUPT = 2;

    private static final int NO_SPACE = 1;
    /** Members of etcd's {@code StatusResponse} that jetcd does not know. */
    private static final int ERRORS = 8;

    private static final int USED_BYTES = 9;
    private static final int LEARNER = 10;
    /** The member {@code enabled} of etcd's {@code AuthStatusResponse}. */
    private static final int ENABLED = 2;

    /** A value has 1.5 MiB at most, unless somebody told etcd otherwise. */
    private static final int PAGE = 8;

    private static final int PAGE_BYTES = 64 << 20;

    private static final MethodDescriptor<Empty, Empty> AUTH_STATUS = MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("etcdserverpb.Auth/AuthStatus")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();

    private final Endpoint endpoint;
    private final ManagedChannel connection;
    private final Channel channel;
    private final boolean authenticated;

    private Member(Endpoint endpoint, ManagedChannel connection, Optional<String> token) {
        this.endpoint = endpoint;
        this.connection = connection;
        this.authenticated = token.isPresent();
        var headers = new Metadata();
        token.ifPresent(value -> headers.put(TOKEN, value));
        this.channel = ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /**
     * Connects and, if there is a user, authenticates; a cluster without auth takes any user.
     *
     * @throws BackupException {@code UNREACHABLE}; {@code NOT_PERMITTED} if TLS or user are refused; {@code USAGE}
     */
    public static Member open(Endpoint endpoint, Access access) throws BackupException {
        var builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                // A member that hangs must not hold a snapshot for ever.
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
        var login = access.login();
        var connection = endpoint.tls()
                ? builder.sslContext(access.tls()).build()
                : builder.usePlaintext().build();
        try {
            return new Member(
                    endpoint,
                    connection,
                    login.isPresent() ? token(endpoint, connection, login.get()) : Optional.empty());
        } catch (BackupException e) {
            connection.shutdownNow();
            throw e;
        }
    }

    private static Optional<String> token(Endpoint endpoint, Channel connection, Access.Login login)
            throws BackupException {
        try {
            var request = AuthenticateRequest.newBuilder()
                    .setName(login.user())
                    .setPassword(login.password())
                    .build();
            return Optional.of(timed(AuthGrpc.newBlockingStub(connection))
                    .authenticate(request)
                    .getToken());
        } catch (StatusRuntimeException e) {
            if (String.valueOf(e.getStatus().getDescription()).contains("authentication is not enabled")) {
                return Optional.empty();
            }
            throw EtcdFailures.of(endpoint, e);
        }
    }

    private static <S extends AbstractStub<S>> S timed(S stub) {
        return stub.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
    }

    private <T> T ask(Supplier<T> question) throws BackupException {
        try {
            return question.get();
        } catch (StatusRuntimeException e) {
            throw EtcdFailures.of(endpoint, e);
        }
    }

    /** With what authenticates; for tests that write. */
    Channel channel() {
        return channel;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public MemberStatus status() throws BackupException {
        var said =
                ask(() -> timed(MaintenanceGrpc.newBlockingStub(channel)).status(StatusRequest.getDefaultInstance()));
        var more = said.getUnknownFields();
        return new MemberStatus(
                endpoint,
                said.getHeader().getClusterId(),
                said.getHeader().getMemberId(),
                said.getLeader(),
                said.getVersion(),
                said.getHeader().getRevision(),
                said.getDbSize(),
                more.getField(USED_BYTES).getVarintList().stream().findFirst().orElse(0L),
                more.getField(LEARNER).getVarintList().contains(1L),
                more.getField(ERRORS).getLengthDelimitedList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
    }

    /** Members with an alarm of each kind. */
    public record Alarms(List<Long> corrupt, List<Long> noSpace) {}

    /** The cluster's alarms. */
    public Alarms alarms() throws BackupException {
        var request = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.GET)
                .build();
        var all = ask(() -> timed(MaintenanceGrpc.newBlockingStub(channel)).alarm(request))
                .getAlarmsList();
        return new Alarms(
                all.stream()
                        .filter(alarm -> alarm.getAlarmValue() == CORRUPT)
                        .map(alarm -> alarm.getMemberID())
                        .toList(),
                all.stream()
                        .filter(alarm -> alarm.getAlarmValue() == NO_SPACE)
                        .map(alarm -> alarm.getMemberID())
                        .toList());
    }

    /** The store as a quorum has it. */
    public record Keys(long count, long revision) {}

    /** Counts all keys; answered only while a quorum stands. */
    public Keys keys() throws BackupException {
        var everything = ByteString.copyFrom(new byte[1]);
        var request = RangeRequest.newBuilder()
                .setKey(everything)
                .setRangeEnd(everything)
                .setCountOnly(true)
                .build();
        var found = ask(() -> timed(KVGrpc.newBlockingStub(channel)).range(request));
        return new Keys(found.getCount(), found.getHeader().getRevision());
    }

    /** The values of the keys from {@code from} up to, without, {@code end}, in their order; a few are in memory at a time. */
    void values(String from, String end, Consumer<ByteString> each) throws BackupException {
        var next = Optional.of(ByteString.copyFromUtf8(from));
        while (next.isPresent()) {
            var request = RangeRequest.newBuilder()
                    .setKey(next.get())
                    .setRangeEnd(ByteString.copyFromUtf8(end))
                    .setLimit(PAGE)
                    .build();
            var found = ask(() -> timed(KVGrpc.newBlockingStub(channel))
                    .withMaxInboundMessageSize(PAGE_BYTES)
                    .range(request));
            found.getKvsList().forEach(pair -> each.accept(pair.getValue()));
            next = found.getMore()
                    ? Optional.of(after(found.getKvs(found.getKvsCount() - 1).getKey()))
                    : Optional.empty();
        }
    }

    /** The least key that is greater. */
    private static ByteString after(ByteString key) {
        return key.concat(ByteString.copyFrom(new byte[1]));
    }

    /** Whether the cluster has users that it asks for. */
    public boolean hasAuth() throws BackupException {
        try {
            var options = CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
            return ClientCalls.blockingUnaryCall(channel, AUTH_STATUS, options, Empty.getDefaultInstance())
                    .getUnknownFields()
                    .getField(ENABLED)
                    .getVarintList()
                    .contains(1L);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                // etcd 3.4: a token was given only if auth is on.
                return authenticated;
            }
            throw EtcdFailures.of(endpoint, e);
        }
    }

    /** Starts a snapshot, which closes this connection when it is closed. */
    public Snapshot snapshot() {
        var stub = MaintenanceGrpc.newBlockingStub(channel);
        return new Snapshot(this, () -> stub.snapshot(SnapshotRequest.getDefaultInstance()));
    }

    @Override
    public void close() {
        connection.shutdownNow();
    }
}
