package org.clusterbackup.repository.store;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Says what a failure of S3 means to an operator. */
final class S3Failures {
    private static final Set<String> FORBIDDEN = Set.of(
            "AccessDenied",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "AccountProblem",
            "AllAccessDisabled",
            "ExpiredToken");
    private static final Set<String> BUSY = Set.of(
            "InternalError",
            "ServiceUnavailable",
            "SlowDown",
            "RequestTimeout",
            "Throttling",
            "OperationAborted",
            "ConditionalRequestConflict",
            "IncompleteBody");
    private static final Set<String> FULL =
            Set.of("InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "StorageFull", "EntityTooLarge");
    private static final Pattern RESPONSE_CODE = Pattern.compile("(?i)response code: ([0-9]{3})");
    private static final int INSUFFICIENT_STORAGE = 507;

    private S3Failures() {}

    static BackupException of(String what, Throwable thrown) {
        var e = unwrap(thrown);
        var failure = new BackupException(kind(e), what + ": " + text(e), e);
        return switch (e) {
            case SSLHandshakeException tls -> failure.withHint("a private certificate authority is given by a CA file");
            case ErrorResponseException answer
            when code(answer).equals("RequestTimeTooSkewed") -> failure.withHint("set this machine's clock right");
            default -> failure;
        };
    }

    /** The code of S3's answer; empty for what is none. */
    static String code(Throwable thrown) {
        return unwrap(thrown) instanceof ErrorResponseException answer
                ? String.valueOf(answer.errorResponse().code())
                : "";
    }

    /** The HTTP status; 0 if there was no answer. */
    static int status(Throwable thrown) {
        return switch (unwrap(thrown)) {
            case ErrorResponseException answer -> answer.response().code();
            case ServerException answer -> answer.statusCode();
            case InvalidResponseException answer -> statusIn(String.valueOf(answer.getMessage()));
            default -> 0;
        };
    }

    /** The SDK tells it in no other way. */
    private static int statusIn(String message) {
        var matcher = RESPONSE_CODE.matcher(message);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    static Throwable unwrap(Throwable thrown) {
        var wrapped = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        var cause = thrown.getCause();
        return wrapped && cause != null ? unwrap(cause) : thrown;
    }

    private static Kind kind(Throwable e) {
        return switch (e) {
            case ExactBody.BrokenException broken -> Kind.FAILED;
            case SSLHandshakeException tls -> Kind.NOT_PERMITTED;
            case SSLPeerUnverifiedException tls -> Kind.NOT_PERMITTED;
            case IOException io -> io.getCause() instanceof ExactBody.BrokenException ? Kind.FAILED : Kind.UNREACHABLE;
            default -> byAnswer(code(e), status(e));
        };
    }

    private static Kind byAnswer(String code, int status) {
        if (code.equals("NoSuchBucket")) {
            return Kind.NO_REPOSITORY;
        }
        if (code.equals("NoSuchKey") || code.equals("NoSuchUpload")) {
            return Kind.NOT_FOUND;
        }
        if (status == INSUFFICIENT_STORAGE || FULL.contains(code)) {
            return Kind.NO_SPACE;
        }
        if (FORBIDDEN.contains(code) || status == 401 || status == 403) {
            return Kind.NOT_PERMITTED;
        }
        if (BUSY.contains(code) || status >= 500 || status == 429 || status == 409 || status == 408) {
            return Kind.UNREACHABLE;
        }
        return Kind.FAILED;
    }

    private static String text(Throwable e) {
        return e instanceof ErrorResponseException answer
                ? answer.errorResponse().code() + ": " + answer.errorResponse().message()
                : NetworkReason.of(e).orElse(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
}
