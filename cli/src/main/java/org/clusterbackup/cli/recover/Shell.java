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
     * A command of Gluster's that waits for another's transaction, such as that of a client which was killed: its servers go on
     * with it.
     *
     * @param done what a failure says that is none, as a pattern of {@code case} in quotes
     */
    static String gluster(int seconds, String command, String done) {
        return "n=0; until said=$(" + command + " 2>&1); do\n"
                + "  case $said in\n"
                + "    *\"Another transaction is in progress\"*) n=$((n + 1)); [ $n -lt " + 2 * seconds
                + " ] || { echo \"$said\"; exit 1; }; sleep 0.5 ;;\n"
                + "    *\"" + done + "\"*) break ;;\n"
                + "    *) echo \"$said\"; exit 1 ;;\n"
                + "  esac\n"
                + "done";
    }
}
