package org.clusterbackup.repository.copy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
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
            for (var line : lines(name)) {
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

    private List<String> lines(String name) throws BackupException {
        var lines = new ArrayList<String>();
        try (var in = new BufferedReader(new InputStreamReader(store.open(name), StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new BackupException(
                    Kind.UNREACHABLE, "cannot read " + name + " at " + store.location() + ": " + e, e);
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
        }
        return lines;
    }
}
