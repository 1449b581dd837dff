package org.clusterbackup.repository.copy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;

/** The {@code condemned/} files of a target: packs that are to be deleted one grace period after they were listed. */
final class CondemnedPacks {
    private static final String FOLDER = "condemned";

    private final ObjectStore store;

    CondemnedPacks(ObjectStore store) {
        this.store = store;
    }

    /** Whether anything is condemned now. */
    boolean any() throws BackupException {
        return !store.children(FOLDER).isEmpty();
    }

    /**
     * Takes every pack that {@code needed} accepts off the lists; under the target's lock.
     *
     * @return the packs that were struck: each may be gone already
     */
    Set<String> strike(Predicate<String> needed) throws BackupException {
        var struck = new HashSet<String>();
        for (var file : store.children(FOLDER)) {
            var name = FOLDER + "/" + file;
            var kept = new ArrayList<String>();
            var before = struck.size();
            for (var line : SmallObject.lines(store, name, SmallObject.MAX_WORK_FILE_BYTES)) {
                if (needed.test(line)) {
                    struck.add(line);
                } else {
                    kept.add(line);
                }
            }
            if (struck.size() > before) {
                store.replace(name, Body.of(kept.isEmpty() ? "" : String.join("\n", kept) + "\n"));
            }
        }
        return struck;
    }
}
