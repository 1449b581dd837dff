package org.clusterbackup.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** What etcd and the way to it say, in the words of this program. */
final class EtcdFailures {
    private EtcdFailures() {}

    static BackupException of(Endpoint endpoint, StatusRuntimeException e) {
        var status = e.getStatus();
        var said = status.getDescription() == null ? status.getCode().toString() : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE -> unavailable(endpoint, status, e);
            case DEADLINE_EXCEEDED ->
                new BackupException(Kind.UNREACHABLE, "etcd at " + endpoint + " does not answer in time", e);
            case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT ->
                new BackupException(Kind.NOT_PERMITTED, "etcd at " + endpoint + " refuses: " + said, e)
                        .withHint(hint(said));
            case FAILED_PRECONDITION, RESOURCE_EXHAUSTED, ABORTED, UNKNOWN, INTERNAL, DATA_LOSS, CANCELLED ->
                new BackupException(Kind.SOURCE_INCOMPLETE, "etcd at " + endpoint + " fails: " + said, e);
            case OK, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE, UNIMPLEMENTED ->
                new BackupException(Kind.FAILED, "etcd at " + endpoint + " fails: " + said, e);
        };
    }

    /** Of a transaction: what etcd does not take, it has not written; after {@code UNREACHABLE} nobody knows. */
    static BackupException ofWrite(Endpoint endpoint, StatusRuntimeException e) {
        var status = e.getStatus();
        var said = status.getDescription() == null ? status.getCode().toString() : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> of(endpoint, e);
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                new BackupException(Kind.NOT_PERMITTED, "etcd at " + endpoint + " refuses: " + said, e)
                        .withHint("give a user that may write these keys, such as one with the role root");
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS ->
                new BackupException(Kind.TARGET_UNFIT, "etcd at " + endpoint + " does not take it: " + said, e);
        };
    }

    /** Whether {@code failure} is what etcd or the connection ended a call with. */
    static boolean is(Status.Code code, BackupException failure) {
        return failure.getCause() instanceof StatusRuntimeException e
                && e.getStatus().getCode() == code;
    }

    private static String hint(String said) {
        return said.contains("user name is empty")
                ? "auth is on: give a user with the role root and its password"
                : "a snapshot takes a user with the role root, and its password";
    }

    private static BackupException unavailable(Endpoint endpoint, Status status, StatusRuntimeException e) {
        for (var cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException && !(cause.getCause() instanceof ClosedChannelException)) {
                return new BackupException(
                                Kind.NOT_PERMITTED, "no TLS connection to etcd at " + endpoint + ": " + root(cause), e)
                        .withHint("check the trusted certificates, the client's certificate and key, and their dates");
            }
        }
        var why = status.getCause() == null ? String.valueOf(status.getDescription()) : root(status.getCause());
        return new BackupException(Kind.UNREACHABLE, "etcd at " + endpoint + " does not answer: " + why, e);
    }

    private static String root(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        var said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return switch (cause) {
            case CertificateExpiredException _ -> "its certificate has expired, " + said;
            case CertificateNotYetValidException _ -> "its certificate is not valid yet, " + said;
            default -> said;
        };
    }
}
