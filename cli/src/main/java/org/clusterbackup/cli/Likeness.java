package org.clusterbackup.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which of some names was meant by one that is a slip of it. */
final class Likeness {
    /** One slip for so many characters. */
    private static final int CHARACTERS_PER_SLIP = 4;

    private static final int MOST_SLIPS = 3;

    private Likeness() {}

    static Optional<String> closest(String text, Collection<String> names) {
        var most = Math.min(MOST_SLIPS, text.length() / CHARACTERS_PER_SLIP);
        return names.stream()
                .filter(name -> slips(text, name) <= most)
                .min(Comparator.comparingInt(name -> slips(text, name)));
    }

    /** Levenshtein's distance: characters that are missing, too many or others. */
    static int slips(String text, String other) {
        var row = new int[other.length() + 1];
        for (var j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= text.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.length(); j++) {
                var above = row[j];
                var same = text.charAt(i - 1) == other.charAt(j - 1);
                row[j] = Math.min(diagonal + (same ? 0 : 1), 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
