package org.clusterbackup.events;

/** What a record turned out to be. */
public sealed interface Decoded {
    record Event(BackupEvent event) implements Decoded {}

    /** @param reason one line, without the record's content */
    record Rejection(String reason) implements Decoded {}
}
