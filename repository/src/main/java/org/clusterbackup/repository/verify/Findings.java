package org.clusterbackup.repository.verify;

import java.util.EnumSet;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Counts findings and passes them on, one at a time. */
final class Findings {
    private final VerifyListener listener;
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    private long errors;
    private long notes;

    Findings(VerifyListener listener) {
        this.listener = listener;
    }

    synchronized void error(Kind kind, String object, String message) {
        kinds.add(kind);
        errors++;
        listener.finding(Finding.error(kind, object, message));
    }

    void damaged(String object, String what) {
        error(Kind.DAMAGED, object, object + " " + what);
    }

    synchronized void note(String object, String message) {
        notes++;
        listener.finding(Finding.note(object, message));
    }

    /** What reading {@code object} failed with, if that says something about the object; else it is thrown on. */
    void failed(String object, BackupException e) throws BackupException {
        switch (e.kind()) {
            case UNKNOWN_FORMAT, SIGNATURE, DAMAGED, NO_KEY, NO_REPOSITORY ->
                error(e.kind(), object, String.valueOf(e.getMessage()));
            case NOT_FOUND -> damaged(object, "is missing");
            default -> throw e;
        }
    }

    synchronized void proved(long bytes) {
        listener.proved(bytes);
    }

    synchronized void planned(long bytes) {
        listener.planned(bytes);
    }

    synchronized Set<Kind> kinds() {
        return Set.copyOf(kinds);
    }

    synchronized long errors() {
        return errors;
    }

    synchronized long notes() {
        return notes;
    }
}
