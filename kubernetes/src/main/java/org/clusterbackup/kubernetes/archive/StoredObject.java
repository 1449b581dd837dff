package org.clusterbackup.kubernetes.archive;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.clusterbackup.kubernetes.api.ResourceType;

/**
 * One object of an archive; {@link ObjectArchive#read} has its content.
 *
 * @param namespace empty for an object of the cluster
 * @param uid that it had; empty if it had none
 */
public record StoredObject(ResourceType type, String namespace, String name, String uid, TarArchiveEntry entry) {
    /** As people name it: {@code secrets/db} or {@code secrets/db in shop}. */
    @Override
    public String toString() {
        return type + "/" + name + (namespace.isEmpty() ? "" : " in " + namespace);
    }
}
