package org.clusterbackup.repository.store;

import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Which names an object may have: the same at every store, harmless in a path, in a URL and in a shell. */
final class ObjectNames {
    /** What begins the last segment of an upload that is not finished. */
    static final String UNFINISHED = ".tmp-";

    private static final Pattern SEGMENTS = Pattern.compile("[A-Za-z0-9._%-]{1,255}(/[A-Za-z0-9._%-]{1,255})*");
    private static final Pattern DOTS = Pattern.compile("(^|/)\\.\\.?(/|$)");
    /** The longest key of S3. */
    private static final int MAX_LENGTH = 1024;

    private ObjectNames() {}

    /** @throws BackupException {@code FAILED} unless {@code name} may be an object's name */
    static String require(String name) throws BackupException {
        if (!harmless(name) || isUnfinished(name)) {
            throw refused(name);
        }
        return name;
    }

    /** As {@link #require}, for a folder; the empty string is the store itself. */
    static String requireFolder(String folder) throws BackupException {
        return folder.isEmpty() ? folder : require(folder);
    }

    /** @throws BackupException {@code FAILED} unless {@code name} is that of an unfinished upload */
    static String requireUnfinished(String name) throws BackupException {
        if (!harmless(name) || !isUnfinished(name)) {
            throw refused(name);
        }
        return name;
    }

    static boolean isUnfinished(String name) {
        return name.startsWith(UNFINISHED) || name.contains("/" + UNFINISHED);
    }

    /** The folder that {@code name} lies in; empty at the top. */
    static String folderOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    static String join(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    private static boolean harmless(String name) {
        return name.length() <= MAX_LENGTH
                && SEGMENTS.matcher(name).matches()
                && !DOTS.matcher(name).find();
    }

    private static BackupException refused(String name) {
        var shown = name.codePoints()
                .map(c -> c < ' ' || c == 0x7f ? '?' : c)
                .limit(200)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return new BackupException(Kind.FAILED, "not a name that an object may have: '" + shown + "'");
    }
}
