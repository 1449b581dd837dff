package org.clusterbackup.kubernetes.dump;

import java.io.IOException;
import java.util.Optional;
import org.clusterbackup.kubernetes.api.ResourceType;

/**
 * All objects of one resource, listed whole. Closed by whoever reads it.
 *
 * @param resourceVersion at which they were listed; empty where the server has none
 */
record ListedResource(ResourceType type, String resourceVersion, long objects, ListSpool spool)
        implements AutoCloseable {
    /** In the order of the server, which is that of the keys in its store. */
    Optional<ListSpool.Item> next() throws IOException {
        return spool.next();
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
