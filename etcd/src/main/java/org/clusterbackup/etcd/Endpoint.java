package org.clusterbackup.etcd;

import java.net.URI;
import java.util.Locale;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Where a member answers clients; as text {@code https://host:port} or {@code http://host:port}. */
public record Endpoint(String host, int port, boolean tls) {
    private static final int CLIENT_PORT = 2379;

    /**
     * A missing port is etcd's, {@value #CLIENT_PORT}.
     *
     * @throws BackupException {@code USAGE} if it is no such text
     */
    public static Endpoint parse(String text) throws BackupException {
        try {
            var uri = URI.create(text.strip());
            var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            var bare = uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && ("".equals(uri.getRawPath()) || "/".equals(uri.getRawPath()));
            if ((scheme.equals("https") || scheme.equals("http")) && uri.getHost() != null && bare) {
                return new Endpoint(
                        uri.getHost(), uri.getPort() < 0 ? CLIENT_PORT : uri.getPort(), scheme.equals("https"));
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new BackupException(Kind.USAGE, "'" + text + "' is no endpoint of etcd")
                .withHint("write https://host:2379, or http:// for a member without TLS");
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
}
