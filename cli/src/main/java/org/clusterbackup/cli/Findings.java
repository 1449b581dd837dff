package org.clusterbackup.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.clusterbackup.repository.Kind;

/** What was found wrong by a command that went on: it decides the exit code. Safe for use by many threads. */
final class Findings {
    /** Of several findings the first of these is the exit code. */
    private static final List<Kind> ORDER =
            List.of(Kind.UNKNOWN_FORMAT, Kind.SIGNATURE, Kind.DAMAGED, Kind.NO_KEY, Kind.WARNINGS);

    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

    synchronized void add(Kind kind) {
        kinds.add(kind);
    }

    synchronized boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** The code of the gravest finding; one that has no place in the order is graver than a warning. */
    synchronized int exitCode() {
        for (var kind : ORDER.subList(0, ORDER.size() - 1)) {
            if (kinds.contains(kind)) {
                return kind.exitCode();
            }
        }
        return kinds.stream()
                .filter(kind -> kind != Kind.WARNINGS)
                .findFirst()
                .or(() -> kinds.stream().findFirst())
                .map(Kind::exitCode)
                .orElse(0);
    }
}
