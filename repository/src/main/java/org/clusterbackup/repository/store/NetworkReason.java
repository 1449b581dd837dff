package org.clusterbackup.repository.store;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Why a host cannot be reached, for a person who knows no Java. */
final class NetworkReason {
    private NetworkReason() {}

    /** What comes after a message that names the host; empty where only the library's own words tell. */
    static Optional<String> of(Throwable e) {
        var reason = Optional.<String>empty();
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            var found = plain(cause);
            reason = found.isPresent() ? found : reason;
        }
        return reason;
    }

    private static Optional<String> plain(Throwable e) {
        return switch (e) {
            case UnresolvedAddressException _ -> Optional.of("no address is known for that name");
            case UnknownHostException _ -> Optional.of("no address is known for that name");
            case SocketTimeoutException _ -> Optional.of("no answer in time");
            case TimeoutException _ -> Optional.of("no answer in time");
            case ConnectException _ -> refused(e);
            case NoRouteToHostException _ -> refused(e);
            default -> Optional.empty();
        };
    }

    /** The system's own words, such as "connection refused". */
    private static Optional<String> refused(Throwable e) {
        return Optional.ofNullable(e.getMessage()).map(text -> text.toLowerCase(Locale.ROOT));
    }
}
