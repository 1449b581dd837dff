package org.clusterbackup.gluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** One of glusterd's {@code key=value} files. It may be cut or rewritten at any moment, so every access says what it lacks. */
public record StateFile(Path path, Map<String, String> values) {
    /** Far above what glusterd writes (a volume of 10,000 bricks is 500 kB); what is larger is no state file. */
    private static final long MAX_BYTES = 16L << 20;

    private static final String HINT = "glusterd may be rewriting it, which passes; if it stays, compare the file with"
            + " the same file of a healthy peer ('gluster volume sync' repairs volume files)";

    public StateFile {
        values = Map.copyOf(values);
    }

    /** @throws BackupException NOT_FOUND if it is absent, SOURCE_INCOMPLETE if it is empty, cut, too large or no text */
    public static StateFile read(Path path) throws BackupException {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw bad(path, "is too large to be a state file");
            }
            return parse(path, new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new BackupException(Kind.NOT_FOUND, "glusterd's state has no " + path, e);
        } catch (IOException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "glusterd's state cannot be read: " + path + ": " + e, e);
        }
    }

    private static StateFile parse(Path path, String text) throws BackupException {
        if (text.isBlank()) {
            throw bad(path, "is empty");
        }
        // glusterd ends every line, so a last line without its end is what a kill or a full disk left.
        if (!text.endsWith("\n")) {
            throw bad(path, "is cut in its last line");
        }
        var values = new LinkedHashMap<String, String>();
        for (var line : text.split("\n")) {
            var equals = line.indexOf('=');
            if (line.isBlank()) {
                continue;
            }
            if (equals <= 0 || line.indexOf('\0') >= 0) {
                throw bad(path, "has a line that is not key=value");
            }
            values.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return new StateFile(path, values);
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Whether {@code key} is absent or has nothing to say. */
    public boolean isBlank(String key) {
        return values.getOrDefault(key, "").isBlank();
    }

    public String text(String key) throws BackupException {
        var value = values.get(key);
        if (value == null || value.isBlank()) {
            throw bad(path, "lacks " + key);
        }
        return value.strip();
    }

    public int number(String key) throws BackupException {
        var value = text(key);
        try {
            var number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the file's name.
        }
        throw bad(path, "has a bad number: " + key + "=" + value);
    }

    public int number(String key, int absent) throws BackupException {
        return has(key) ? number(key) : absent;
    }

    public BackupException bad(String what) {
        return bad(path, what);
    }

    private static BackupException bad(Path path, String what) {
        return new BackupException(Kind.SOURCE_INCOMPLETE, "glusterd's state file " + what + ": " + path)
                .withHint(HINT);
    }
}
