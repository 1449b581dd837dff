package org.clusterbackup.events;

import java.time.Instant;

/**
 * A source that no agent makes, such as the provisioner's directories, and how old it may be.
 *
 * @param notBefore what was begun earlier is too old
 */
public record RequiredSource(@Form(Text.SOURCE) String source, Instant notBefore) {}
