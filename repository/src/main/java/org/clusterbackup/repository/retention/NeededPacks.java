package org.clusterbackup.repository.retention;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.ObjectStore;

/** The packs that what stays needs. Safe for use by many threads. */
public final class NeededPacks {
    private static final int NAME = 64;

    private final ObjectStore store;
    private final Predicate<String> asked;
    private final PackSet needed = new PackSet();

    /** @param asked names that somebody will ask about; others cost no memory, whoever names them */
    public NeededPacks(ObjectStore store, Predicate<String> asked) {
        this.store = store;
        this.asked = asked;
    }

    /** Whether anything needs the pack {@code name}. */
    public boolean contains(String name) {
        return needed.contains(name);
    }

    /** Tells of each that is needed, in no order; nothing may be added meanwhile. */
    public void forEach(Consumer<String> each) throws BackupException {
        needed.forEach((name, _) -> each.accept(name));
    }

    /** Needs every pack of an artifact that is believed. */
    public void need(PackList packs) {
        for (var line = 1; line <= packs.count(); line++) {
            need(packs.name(line).hex());
        }
    }

    private void need(String pack) {
        if (asked.test(pack)) {
            needed.add(pack, 0, Instant.EPOCH);
        }
    }

    /**
     * Needs every pack whose name stands in {@code list}, whatever else does: of an artifact that cannot be believed
     * too much is kept rather than too little.
     *
     * @return whether there is such a list
     */
    public boolean needNamesIn(String list) throws BackupException {
        try (var in = new BufferedInputStream(store.open(list))) {
            var word = new StringBuilder();
            for (var b = in.read(); b >= 0; b = in.read()) {
                if (Character.digit(b, 16) < 0) {
                    needWord(word);
                } else if (word.length() <= NAME) {
                    word.append((char) b);
                }
            }
            needWord(word);
            return true;
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            return false;
        } catch (IOException e) {
            throw new BackupException(
                    Kind.UNREACHABLE, "cannot read " + list + " at " + store.location() + ": " + e, e);
        }
    }

    private void needWord(StringBuilder word) {
        if (PackSet.isName(word.toString())) {
            need(word.toString());
        }
        word.setLength(0);
    }
}
