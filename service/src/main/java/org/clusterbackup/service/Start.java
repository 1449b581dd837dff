package org.clusterbackup.service;

import java.time.Instant;

/** Where a {@link GrouplessReader} begins. */
public sealed interface Start {
    /** With the oldest record that Kafka still has. */
    record Beginning() implements Start {}

    /** With what comes after the reader has started. */
    record End() implements Start {}

    /** With the first record that is not older. */
    record At(Instant time) implements Start {}
}
