package org.clusterbackup.repository.artifact;

import java.io.BufferedInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/** Reads the text of {@code contents} and checks all that it says against itself and against its artifact. */
final class ContentsReader {
    private static final int MAX_LINE = 1 << 14;

    private final String name;
    private final InputStream in;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private int at;

    /** @param in plain text; stays open */
    ContentsReader(String name, InputStream in) {
        this.name = name;
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /** The lines before the extents. */
    Contents header(String repository, ArtifactRef ref) throws BackupException {
        require(text().equals(Contents.MAGIC), "format");
        require(value("repository").equals(repository), "repository");
        require(value("source").equals(ref.source().value()), "source");
        require(value("artifact").equals(ref.artifact().value()), "artifact");
        var sha256 = digest(value("sha256"));
        return new Contents(repository, ref, sha256, number("length"), number("chunks"), number("extents"));
    }

    private Sha256 digest(String text) throws BackupException {
        try {
            return new Sha256(text);
        } catch (IllegalArgumentException e) {
            throw bad("digest");
        }
    }

    /** Copies the extents to {@code out} as {@link Extents} wants them. */
    void extents(Contents contents, int packs, DataOutputStream out) throws BackupException, IOException {
        require(contents.extents() < Extents.NEVER, "number of extents");
        var bytes = 0L;
        for (var i = 0L; i < contents.extents(); i++) {
            next();
            var pack = number(' ');
            var offset = number(' ');
            var count = number('\n');
            require(pack >= 1 && pack <= packs && count >= 1 && offset + count <= Integer.MAX_VALUE, "extent");
            bytes += count;
            out.writeInt((int) pack);
            out.writeInt((int) offset);
            out.writeInt((int) count);
            out.writeInt(0);
        }
        require(bytes == contents.length(), "length");
        require(read() < 0, "end");
    }

    private String value(String key) throws BackupException {
        var text = text();
        require(text.startsWith(key + " "), key);
        return text.substring(key.length() + 1);
    }

    private long number(String key) throws BackupException {
        var text = value(key);
        require(text.matches("0|[1-9][0-9]{0,17}"), key);
        return Long.parseLong(text);
    }

    private String text() throws BackupException {
        next();
        return new String(line, 0, length, StandardCharsets.UTF_8);
    }

    /** The number that stands next in the line, up to {@code end}, which is {@code \n} for the line's own. */
    private long number(char end) throws BackupException {
        var value = 0L;
        var digits = 0;
        while (at < length && line[at] >= '0' && line[at] <= '9') {
            value = value * 10 + (line[at++] - '0');
            digits++;
        }
        require(digits > 0 && digits <= 10, "extent");
        if (end == '\n') {
            require(at == length, "extent");
        } else {
            require(at < length && line[at++] == end, "extent");
        }
        return value;
    }

    private void next() throws BackupException {
        length = 0;
        at = 0;
        for (var b = read(); b != '\n'; b = read()) {
            require(b >= 0 && length < line.length, "line");
            line[length++] = (byte) b;
        }
    }

    /** Its bytes were proved already, so that one that cannot be opened was made badly. */
    private int read() throws BackupException {
        try {
            return in.read();
        } catch (IOException e) {
            throw new BackupException(Kind.DAMAGED, "cannot open " + name + ": " + e.getMessage(), e);
        }
    }

    private void require(boolean good, String what) throws BackupException {
        if (!good) {
            throw bad(what);
        }
    }

    private BackupException bad(String what) {
        return new BackupException(Kind.DAMAGED, name + " has a bad " + what);
    }
}
