package org.clusterbackup.kubernetes.restore;

import java.util.Locale;

/**
 * An old name of a server, an address or a brick's path in one value of an object.
 *
 * @param path such as {@code /spec/nodeName}, a JSON pointer
 * @param before and {@code after}: the value; the same where it is not rewritten, and {@code ***} for what is in base64, as a Secret has it
 */
public record OldName(String path, String before, String after, Fate fate) {
    /** What a restore makes of it. */
    public enum Fate {
        REWRITTEN,
        /** It is in a field that may mean anything: a person has to look. */
        TO_LOOK_AT,
        /** The object does not come back: the cluster makes it, or it is over. */
        LEFT_OUT;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final int SHOWN = 80;

    /** One line, of a long value its beginning. */
    @Override
    public String toString() {
        return path + ": " + shortened(before) + (fate == Fate.REWRITTEN ? " → " + shortened(after) : "");
    }

    private static String shortened(String text) {
        var line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
