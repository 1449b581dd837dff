package org.clusterbackup.repository.crypto;

import java.util.List;
import java.util.function.Predicate;

/** The lines of an age key file that count: neither empty nor comments. */
final class KeyLines {
    private KeyLines() {}

    static List<String> of(String text) {
        return text.lines()
                .map(String::strip)
                .filter(Predicate.not(String::isEmpty))
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
