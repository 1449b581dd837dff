package org.clusterbackup.repository.copy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What killed uploads left at a target: temporary names, uploads in parts. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    /** No upload of one object takes as long. */
    private static final Duration OLD = Duration.ofDays(1);

    private final ObjectStore store;
    private final String owner;

    Leftovers(ObjectStore store, String owner) {
        this.store = store;
        this.owner = owner;
    }

    /**
     * Deletes those that are older than a day by the store's clock, under the target's lock; where there is none, the
     * lock is not taken. At a target whose objects may not be deleted they stay.
     *
     * @return how many were deleted
     */
    int sweep() throws BackupException {
        if (olderThan(Instant.now()).isEmpty()) {
            return 0;
        }
        try (var lock = TargetLock.acquire(store, owner)) {
            var old = olderThan(lock.storeTime());
            for (var upload : old) {
                lock.requireHeld();
                store.deleteUnfinished(upload.name());
            }
            return old.size();
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_PERMITTED) {
                throw e;
            }
            LOG.warn("leftovers of killed uploads stay: target={} reason={}", store.location(), e.getMessage());
            return 0;
        }
    }

    private List<ObjectInfo> olderThan(Instant now) throws BackupException {
        var old = new ArrayList<ObjectInfo>();
        store.listUnfinished(upload -> {
            if (upload.modified().isBefore(now.minus(OLD))) {
                old.add(upload);
            }
        });
        return old;
    }
}
