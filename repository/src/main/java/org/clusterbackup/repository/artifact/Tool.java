package org.clusterbackup.repository.artifact;

/** What made a plain stream. */
public record Tool(String name, String version) {}
