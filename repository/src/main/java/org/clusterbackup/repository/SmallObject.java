package org.clusterbackup.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.clusterbackup.repository.store.ObjectStore;

/** Objects that are read whole: a hostile one cannot cost more memory than its limit. */
public final class SmallObject {
    /** Of a file of {@code condemned/} or {@code bases/}, as the format says. */
    public static final int MAX_WORK_FILE_BYTES = 16 << 20;

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
            throw store.broken(name, e);
        }
    }

    /**
     * The lines of a text; none if it is absent.
     *
     * @throws BackupException {@code DAMAGED} if it is longer than {@code maxBytes}
     */
    public static List<String> lines(ObjectStore store, String name, int maxBytes) throws BackupException {
        try {
            return new String(read(store, name, maxBytes), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (BackupException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }
}
