package org.clusterbackup.events;

/** A pack in staging, by name and stored length. */
public record StoredPack(@Form(Text.SHA256) String sha256, long bytes) {}
