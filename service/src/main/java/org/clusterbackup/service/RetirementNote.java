package org.clusterbackup.service;

import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.ledger.Retirement;

/** {@code retired/<source>} in staging: the signed word of whoever may sign for a source that it is gone for good. */
public final class RetirementNote {
    private static final int FORMAT = 1;

    private RetirementNote() {}

    public static String name(SourceName source) {
        return "retired/" + source;
    }

    /**
     * Reads and verifies the note. A signature holds for any source that its signer may sign for, so that the note's own
     * words count: one of another source, or a manifest in its place, retires nothing.
     *
     * @return empty if there is no note
     * @throws BackupException {@code SIGNATURE}, {@code DAMAGED} or {@code UNKNOWN_FORMAT} if it is not to be believed
     */
    public static Optional<Retirement> read(Repository staging, SourceName source) throws BackupException {
        var name = name(source);
        if (staging.store().stat(name).isEmpty()) {
            return Optional.empty();
        }
        var bytes = staging.readSigned(source.value(), name);
        var note = JsonLayout.parse(name, bytes).requireFormat(FORMAT);
        var _ = note.time("time");
        if (!note.source("source").equals(source)
                || !note.text("repository").equals(staging.description().repository())) {
            throw new BackupException(Kind.DAMAGED, name + " is a note about another source or repository");
        }
        return Optional.of(new Retirement(source, Sha256.of(bytes)));
    }
}
