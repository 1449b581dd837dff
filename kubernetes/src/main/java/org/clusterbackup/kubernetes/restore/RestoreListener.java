package org.clusterbackup.kubernetes.restore;

import java.util.List;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.repository.BackupException;

/** What a restore tells while it goes on. */
public interface RestoreListener {
    /**
     * Once for each object.
     *
     * @param reason of what did not come back; empty for the others
     * @param differences between the object in the cluster, before and after, where there was one
     * @throws BackupException ends the restore
     */
    void done(StoredObject object, Outcome outcome, String reason, List<Difference> differences) throws BackupException;

    /** Before {@link #done}, for each old name in an object that came back: rewritten, or for a person to look at. */
    void oldName(StoredObject object, OldName name) throws BackupException;

    /** Something of an object did not come back although the object did. */
    void warn(StoredObject object, String message);
}
