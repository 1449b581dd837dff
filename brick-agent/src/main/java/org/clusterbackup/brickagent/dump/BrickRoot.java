package org.clusterbackup.brickagent.dump;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.brickagent.linux.ExtendedAttributes;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What a brick's root folder must have again before glusterfsd accepts it.
 *
 * @param mode octal, four digits or more
 * @param xattrs by name, each value as {@code 0x} and hexadecimal digits, as {@code setfattr -v} takes it
 */
public record BrickRoot(String mode, long owner, long group, Map<String, String> xattrs) {
    private static final int PERMISSIONS = 07777;

    public BrickRoot {
        xattrs = Collections.unmodifiableMap(new TreeMap<>(xattrs));
    }

    public static BrickRoot of(Path brick) throws BackupException {
        try {
            var attributes = Files.readAttributes(brick, "unix:mode,uid,gid");
            var xattrs = new TreeMap<String, String>();
            ExtendedAttributes.all(brick)
                    .forEach((name, value) ->
                            xattrs.put(name, "0x" + HexFormat.of().formatHex(value)));
            return new BrickRoot(
                    String.format("%04o", (int) number(attributes, "mode") & PERMISSIONS),
                    number(attributes, "uid"),
                    number(attributes, "gid"),
                    xattrs);
        } catch (IOException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "brick " + brick + " cannot be read: " + e, e);
        }
    }

    private static long number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("no attribute " + name);
    }

    /** Shell commands that put it back, for a person. */
    public String text(Path brick) {
        var quoted = "'" + brick.toString().replace("'", "'\\''") + "'";
        var text = new StringBuilder(
                "chmod " + mode + " " + quoted + "\nchown " + owner + ":" + group + " " + quoted + "\n");
        xattrs.forEach((name, value) -> text.append("setfattr -n ")
                .append(name)
                .append(" -v ")
                .append(value)
                .append(' ')
                .append(quoted)
                .append('\n'));
        return text.toString();
    }
}
