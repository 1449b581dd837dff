package org.clusterbackup.gluster.migrate;

import java.util.Collection;
import java.util.Comparator;
import java.util.regex.Pattern;

/** Patterns that find a name or path only where it stands for itself: {@code node1} is in no {@code node10} and no {@code node1.example}. */
final class WholeWords {
    /** What an underscore does. */
    enum Joined {
        /** It is part of a name: {@code node1} is not in {@code node1_b}. */
        BY_UNDERSCORE("[A-Za-z0-9_]"),
        /** It may stand between two names, as in {@code gv0_node1_copy}. */
        NOT("[A-Za-z0-9]");

        private final String letter;

        Joined(String letter) {
            this.letter = letter;
        }
    }

    private WholeWords() {}

    /** Matches nothing if there are no words. */
    static Pattern in(Collection<String> words, Joined joined) {
        return Pattern.compile(words.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(word -> bounded(word, joined.letter))
                .reduce((one, other) -> one + "|" + other)
                .orElse("(?!)"));
    }

    /** A dot or hyphen binds if there is a letter or digit at its other side, too: not at the end of a sentence. */
    private static String bounded(String word, String letter) {
        var quoted = Pattern.quote(word);
        if (word.startsWith("/")) {
            return "(?<!" + letter + "|[./-])" + quoted + "(?!" + letter + "|-|[.]" + letter + ")";
        }
        var numeric = word.indexOf(':') >= 0; // an address of IPv6
        var before = letter + "|" + letter + "[.-]" + (numeric ? "|:" : "");
        var after = letter + "|[.-]" + letter + (numeric ? "|:[0-9A-Fa-f:]" : "");
        return "(?<!" + before + ")" + quoted + "(?!" + after + ")";
    }
}
