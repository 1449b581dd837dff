package org.clusterbackup.cli;

import java.util.EnumSet;
import java.util.Set;
import org.clusterbackup.repository.Kind;

/** What was found wrong by a command that went on: it decides the exit code. Safe for use by many threads. */
final class Findings {
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

    synchronized void add(Kind kind) {
        kinds.add(kind);
    }

    synchronized boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** The code of the gravest finding. */
    synchronized int exitCode() {
        return kinds.stream().min(Kind.GRAVEST_FIRST).map(Kind::exitCode).orElse(0);
    }
}
