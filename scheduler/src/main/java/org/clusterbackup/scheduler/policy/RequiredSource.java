package org.clusterbackup.scheduler.policy;

import java.time.Duration;

/** A source that must be in every recovery point though no agent makes it, such as the provisioner's directories. */
public record RequiredSource(String source, Duration maxAge) {}
