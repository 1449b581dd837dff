package org.clusterbackup.cli;

import java.io.IOException;
import java.util.function.Predicate;
import org.clusterbackup.cli.volume.ReplicaSets;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;

/** A command that prints names of a volume's files. */
abstract class VolumeNamesCommand extends VolumeCommand {
    /** Which paths, each character a byte; asked before anything is read. */
    abstract Predicate<String> wanted() throws BackupException;

    /** What to say when there is none. */
    abstract String nothing();

    @Override
    final void check() throws BackupException {
        var _ = wanted();
    }

    @Override
    final void run(Repository repository, ReplicaSets sets) throws BackupException, IOException, InterruptedException {
        var names = names(repository, sets, wanted());
        if (names.all().isEmpty() && !isWhole()) {
            throw new BackupException(Kind.NOT_FOUND, nothing() + " in volume " + sets.volume());
        }
        print(sets, names);
    }

    /** Whether nothing at all is a result, too: that of an empty volume. */
    boolean isWhole() {
        return false;
    }
}
