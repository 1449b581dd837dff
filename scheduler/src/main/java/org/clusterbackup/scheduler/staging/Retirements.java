package org.clusterbackup.scheduler.staging;

import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.service.RetirementNote;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sources that an operator retired, by a signed note in staging. */
public final class Retirements {
    private static final Logger LOG = LoggerFactory.getLogger(Retirements.class);

    private Retirements() {}

    /** What is to be published: one that was announced again after the note is there again, and stays. */
    public static List<SourceRetired> owed(Repository staging, List<SourceAnnounced> announced) throws BackupException {
        var owed = new ArrayList<SourceRetired>();
        for (var source : announced) {
            var name = new SourceName(source.source());
            var note = staging.store().stat(RetirementNote.name(name));
            if (note.isPresent() && source.announced().isBefore(note.get().modified())) {
                try {
                    RetirementNote.read(staging, name).ifPresent(_ -> owed.add(new SourceRetired(source.source())));
                } catch (BackupException e) {
                    LOG.error("source is not retired source={}: {}", source.source(), e.getMessage());
                }
            }
        }
        return owed;
    }
}
