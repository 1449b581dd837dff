package org.clusterbackup.events;

/**
 * Something that happened, as one record of one topic. Delivered at least once, in order only for one key. No event is
 * believed about data: whoever acts on one reads and checks the manifest itself.
 */
public sealed interface BackupEvent
        permits BackupRequested,
                BackupCancelled,
                ArtifactReady,
                ArtifactShipped,
                BackupFailed,
                BackupProgress,
                SourceAnnounced,
                SourceRetired,
                RecoveryPointDue,
                RecoveryPointReached,
                DrillEntered {

    /** The record's key; empty where the topic allows none. */
    String key();
}
