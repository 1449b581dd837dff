package org.clusterbackup.cli.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/** Collects what is found, in the order in which it is looked at; one thing that is wrong does not end it. For one thread. */
public final class Checkup {
    private final List<Check> checks = new ArrayList<>();

    /** Something that is looked at. */
    @FunctionalInterface
    public interface Look {
        /** @return what was seen */
        String at() throws BackupException, IOException;
    }

    /** Looks, and returns whether nothing was wrong. */
    public boolean look(String subject, Look look) {
        try {
            good(subject, look.at());
            return true;
        } catch (BackupException e) {
            checks.add(new Check(subject, Optional.of(e.kind()), String.valueOf(e.getMessage()), e.hint()));
        } catch (IOException e) {
            bad(subject, Kind.FAILED, FileReason.named(e));
        }
        return false;
    }

    void good(String subject, String detail) {
        checks.add(new Check(subject, Optional.empty(), detail, Optional.empty()));
    }

    public void bad(String subject, Kind fault, String detail) {
        checks.add(new Check(subject, Optional.of(fault), detail, Optional.empty()));
    }

    public List<Check> checks() {
        return List.copyOf(checks);
    }
}
