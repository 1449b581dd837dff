package org.clusterbackup.cli.doctor;

import java.util.Optional;
import org.clusterbackup.repository.Kind;

/**
 * One thing that was looked at.
 *
 * @param fault what is wrong with it; empty if nothing is
 * @param detail what was seen, in a few words
 */
public record Check(String subject, Optional<Kind> fault, String detail, Optional<String> hint) {

    /** Whether backups go on all the same. */
    public boolean isWarning() {
        return fault.filter(Kind.WARNINGS::equals).isPresent();
    }
}
