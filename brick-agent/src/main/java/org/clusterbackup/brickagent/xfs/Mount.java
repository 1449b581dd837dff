package org.clusterbackup.brickagent.xfs;

import java.nio.file.Path;
import java.util.Set;

/**
 * One line of {@code /proc/self/mountinfo}.
 *
 * @param device {@code major:minor}, the same for every mount of one file system
 * @param root what of the file system is mounted: {@code /} unless it is a bind mount of a folder
 * @param readOnly the file system itself, not only this mount of it
 */
public record Mount(String device, String root, Path point, String type, String source, boolean readOnly) {
    private static final int FIXED_FIELDS = 6;

    /** @throws IllegalArgumentException if {@code line} is not a line of mountinfo, see proc(5) */
    static Mount parse(String line) {
        var fields = line.split(" ");
        var separator = FIXED_FIELDS;
        while (separator < fields.length && !fields[separator].equals("-")) {
            separator++;
        }
        if (separator + 3 >= fields.length) {
            throw new IllegalArgumentException("not a line of mountinfo: " + line);
        }
        return new Mount(
                fields[2],
                unescape(fields[3]),
                Path.of(unescape(fields[4])),
                fields[separator + 1],
                unescape(fields[separator + 2]),
                Set.of(fields[separator + 3].split(",")).contains("ro"));
    }

    /** The kernel writes blank, tab, line end and backslash as {@code \ooo}. */
    private static String unescape(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    boolean isWhole() {
        return root.equals("/");
    }
}
