package org.clusterbackup.repository;

import java.io.IOException;
import org.clusterbackup.repository.store.ObjectStore;

/** Objects that are read whole: a hostile one cannot cost more memory than its limit. */
public final class SmallObject {
    private SmallObject() {}

    /** @throws BackupException {@code NOT_FOUND}, or {@code DAMAGED} if it is longer than {@code maxBytes} */
    public static byte[] read(ObjectStore store, String name, int maxBytes) throws BackupException {
        try (var in = store.open(name)) {
            var bytes = in.readNBytes(maxBytes);
            if (bytes.length == maxBytes && in.read() >= 0) {
                throw new BackupException(Kind.DAMAGED, name + " is longer than " + maxBytes + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new BackupException(
                    Kind.UNREACHABLE, "cannot read " + name + " at " + store.location() + ": " + e, e);
        }
    }
}
