package org.clusterbackup.repository.copy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;

/** The {@code condemned/} files of a repository: packs that are to be deleted one grace period after they were listed. */
public final class CondemnedPacks {
    /** So many fit into a file that everybody reads. */
    public static final int MOST = 100_000;

    private static final String FOLDER = "condemned";

    private final ObjectStore store;

    public CondemnedPacks(ObjectStore store) {
        this.store = store;
    }

    /** Whether anything is condemned now. */
    boolean any() throws BackupException {
        return !store.children(FOLDER).isEmpty();
    }

    /** The files that are there, with the time at which each was stored by the store's clock. */
    public List<ObjectInfo> files() throws BackupException {
        var files = new ArrayList<ObjectInfo>();
        store.list(FOLDER, files::add);
        return files;
    }

    /** The packs that {@code file} lists; whatever else stands there is passed over, and one that has gone lists none. */
    public List<String> packs(String file) throws BackupException {
        return SmallObject.lines(store, file, SmallObject.MAX_WORK_FILE_BYTES).stream()
                .filter(PackSet::isName)
                .toList();
    }

    /** Lists {@code packs}, at most {@link #MOST}, in a new file. */
    public void add(Collection<String> packs) throws BackupException {
        store.create(FOLDER + "/" + ArtifactId.at(Instant.now(), ThreadLocalRandom.current()), text(packs));
    }

    /**
     * Takes every pack that {@code needed} accepts off the lists; under the target's lock.
     *
     * @return the packs that were struck: each may be gone already
     */
    public Set<String> strike(Predicate<String> needed) throws BackupException {
        var struck = new HashSet<String>();
        for (var file : store.children(FOLDER)) {
            if (file.endsWith("/")) {
                // A folder is nothing of ours: verify names what is in it.
                continue;
            }
            var name = FOLDER + "/" + file;
            var kept = new ArrayList<String>();
            var lines = SmallObject.lines(store, name, SmallObject.MAX_WORK_FILE_BYTES);
            for (var line : lines) {
                if (needed.test(line)) {
                    struck.add(line);
                } else {
                    kept.add(line);
                }
            }
            if (kept.size() < lines.size()) {
                store.replace(name, text(kept));
            }
        }
        return struck;
    }

    private static Body text(Collection<String> packs) {
        return Body.of(packs.isEmpty() ? "" : String.join("\n", packs) + "\n");
    }
}
