package org.clusterbackup.cli.volume;

import java.util.ArrayList;
import java.util.Set;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * A path of a volume as its mount shows it.
 *
 * @param raw relative to the mount, each character a byte; empty for the volume's root
 */
public record VolumePath(String raw) {
    /** What Gluster keeps in a brick for itself. */
    private static final Set<String> INTERNAL = Set.of(".glusterfs", ".trashcan", ".shard");

    private static final String ANONYMOUS = ".glusterfs-anonymous-inode-";

    /** @param text as {@link ByteText} spells it, with or without a slash at its ends */
    public static VolumePath parse(String text) throws BackupException {
        if (text.indexOf('\ufffd') >= 0) {
            throw new BackupException(Kind.USAGE, "the path cannot be read as it was typed")
                    .withHint("write its bytes as \\xHH, as 'clusterbackup files list' does, or set LC_ALL=C.UTF-8");
        }
        try {
            var parts = new ArrayList<String>();
            for (var part : ByteText.parseRaw(text).split("/", -1)) {
                if (part.equals("..")) {
                    throw new BackupException(Kind.USAGE, "the path leads upwards: " + text);
                }
                if (!part.isEmpty() && !part.equals(".")) {
                    parts.add(part);
                }
            }
            return new VolumePath(String.join("/", parts));
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether {@code other} is this path or lies below it. */
    public boolean holds(String other) {
        return raw.isEmpty() || other.equals(raw) || other.startsWith(raw + "/");
    }

    /** Whether {@code other} is in this folder, or is it. */
    public boolean holdsDirectly(String other) {
        return holds(other) && (raw.isEmpty() ? other.indexOf('/') < 0 : other.indexOf('/', raw.length() + 1) < 0);
    }

    /** Whether it is Gluster's own, or lies below that. */
    static boolean isInternal(String path) {
        var top = path.indexOf('/') < 0 ? path : path.substring(0, path.indexOf('/'));
        return INTERNAL.contains(top) || top.startsWith(ANONYMOUS);
    }

    @Override
    public String toString() {
        return raw.isEmpty() ? "/" : ByteText.ofRaw(raw);
    }
}
