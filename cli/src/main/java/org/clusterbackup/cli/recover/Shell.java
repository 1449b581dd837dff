package org.clusterbackup.cli.recover;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes words so that a POSIX shell reads them as they are: names come from other machines, and a name may be a command. */
final class Shell {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private Shell() {}

    static String quote(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    static String line(List<String> words) {
        return words.stream().map(Shell::quote).collect(Collectors.joining(" "));
    }

    static String line(String... words) {
        return line(List.of(words));
    }

    /** A command that repeats {@code test} twice a second until it succeeds, and fails when it never does. */
    static String await(int seconds, String test) {
        return "n=0; until " + test + "; do n=$((n + 1)); [ $n -lt " + 2 * seconds + " ] || exit 1; sleep 0.5; done";
    }

    /** As {@link #await}, but once is not enough: it must succeed ten times in a row, which takes five seconds or more. */
    static String awaitSteady(int seconds, String test) {
        return "k=0; " + await(seconds, "{ if " + test + "; then k=$((k + 1)); else k=0; fi; [ $k -ge 10 ]; }");
    }

    /**
     * A command of Gluster's, which waits for one that is at work: a client that was killed leaves its transaction to the
     * servers.
     *
     * @param done what it says, without quotes or backslashes, when there is nothing to do any more
     */
    static String transaction(int seconds, String command, String... done) {
        var lines = new StringBuilder("n=0; until said=$(" + command + " 2>&1); do case $said in\n");
        for (var text : done) {
            lines.append("*\"").append(text).append("\"*) break ;;\n");
        }
        return lines + "*\"Another transaction is in progress\"*) n=$((n + 1)); [ $n -lt " + 2 * seconds
                + " ] || { echo \"$said\"; exit 1; }; sleep 0.5 ;;\n"
                + "*) echo \"$said\"; exit 1 ;; esac; done";
    }
}
