package org.clusterbackup.events;

import java.util.List;

/** Patterns of source names as in {@code allowed_signers}: {@code *} stands for any bytes, {@code /} too. */
public final class SourcePattern {
    private SourcePattern() {}

    /** Whether one of the patterns names {@code source}; no pattern at all wants every source. */
    public static boolean wanted(List<String> patterns, String source) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> matches(pattern, source));
    }

    /** In time proportional to the product of both lengths at worst, whatever the pattern. */
    public static boolean matches(String pattern, String source) {
        var p = 0;
        var s = 0;
        var star = -1;
        var retry = 0;
        while (s < source.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = s;
            } else if (p < pattern.length() && pattern.charAt(p) == source.charAt(s)) {
                p++;
                s++;
            } else if (star >= 0) {
                p = star + 1;
                s = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
