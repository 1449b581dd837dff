package org.clusterbackup.events;

/** A source is gone for good: on the wire a tombstone of {@code backup-sources}. */
public record SourceRetired(@Form(Text.SOURCE) String source) implements BackupEvent {

    @Override
    public String key() {
        return source;
    }
}
